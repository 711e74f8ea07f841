package node

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// A clock steps while it is followed, keeps what it cannot read a time from, and goes back
// to what is usual when the file is gone.
func TestClock_FollowsItsFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "skew")
		write := func(text string) {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		write("1h\n")
		cfg := Config{ClockSkew: time.Second, ClockSkewFile: file, Logger: slog.New(slog.DiscardHandler)}
		c := newClock(cfg)
		want := func(skew time.Duration) {
			t.Helper()
			if got := time.Until(c.now()); got != skew || c.skewed() != skew {
				t.Errorf("the clock is %v ahead and says %v, want %v", got, c.skewed(), skew)
			}
		}
		want(time.Hour)
		go func() { _ = c.run(t.Context()) }()
		for _, step := range []struct {
			text string
			want time.Duration
		}{{"-200ms\n", -200 * time.Millisecond}, {"soon\n", -200 * time.Millisecond}, {"", time.Second}, {"0s", 0}} {
			write(step.text)
			time.Sleep(2 * skewEvery) // of the bubble's clock
			synctest.Wait()
			want(step.want)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * skewEvery)
		synctest.Wait()
		want(time.Second)
		cfg.ClockSkewFile = ""
		if c := newClock(cfg); c.skewed() != time.Second {
			t.Errorf("without a file the skew is %v, want that of the config", c.skewed())
		}
	})
}
