package progress

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// lineEvery is how often a line is written where nobody watches a terminal.
const lineEvery = 15 * time.Second

// Bar is how far one thing is. It is safe for concurrent use.
type Bar struct {
	out   io.Writer
	what  string
	total int
	bar   *progressbar.ProgressBar // nil unless out is a terminal

	mu   sync.Mutex
	done int
	told time.Time
}

// Start shows that nothing is done yet of total steps.
func Start(out io.Writer, what string, total int) *Bar {
	b := &Bar{out: out, what: what, total: total, told: time.Now()}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		b.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(out), progressbar.OptionSetDescription(what),
			progressbar.OptionClearOnFinish(), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(100*time.Millisecond))
	}
	return b
}

// Step says that one more is done.
func (b *Bar) Step() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bar != nil {
		_ = b.bar.Add(1)
		return
	}
	b.done++
	if time.Since(b.told) >= lineEvery {
		b.told = time.Now()
		fmt.Fprintf(b.out, "%s: %d of %d\n", b.what, b.done, b.total)
	}
}

// Say writes a line that stays.
func (b *Bar) Say(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bar != nil {
		_ = b.bar.Clear()
	}
	fmt.Fprintf(b.out, format+"\n", args...)
}

// End takes the bar away. It may be called again.
func (b *Bar) End() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bar != nil {
		_ = b.bar.Finish()
	}
}

// Seconds starts a bar of a time, which moves by itself until End of it is called by the
// returned function.
func Seconds(out io.Writer, what string, long time.Duration) (end func()) {
	b := Start(out, what+", seconds", int(long.Seconds()))
	stop := make(chan struct{})
	var moving sync.WaitGroup
	moving.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for range int(long.Seconds()) {
			select {
			case <-stop:
				return
			case <-tick.C:
				b.Step()
			}
		}
	})
	return func() {
		close(stop)
		moving.Wait()
		b.End()
	}
}
