package progress

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Where nobody watches, a line is written now and then, and not at each step.
func TestBar_WritesALineNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		b := Start(&out, "writes", 100)
		var steps sync.WaitGroup
		for range 10 {
			steps.Go(b.Step)
		}
		steps.Wait()
		if out.Len() > 0 {
			t.Errorf("got %q at once", out.String())
		}
		time.Sleep(lineEvery)
		b.Step()
		b.Step()
		steps.Go(func() { b.Say("round %d is over", 1) })
		steps.Go(b.Step)
		steps.Wait()
		b.End()
		if got, want := out.String(), "writes: 11 of 100\nround 1 is over\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// A time passes by itself, and ends when it is over or told to.
func TestSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		end := Seconds(&out, "cut", 40*time.Second)
		time.Sleep(31500 * time.Millisecond)
		end()
		if got := strings.Count(out.String(), "cut, seconds: "); got != 2 {
			t.Errorf("got %d lines in half a minute: %q", got, out.String())
		}
	})
}
