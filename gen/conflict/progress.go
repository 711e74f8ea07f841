package conflict

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// showProgress shows how many pairs are done, on a terminal, until the returned function
// is called.
func (c *Conflict) showProgress(ctx context.Context, what string, done func() int) (stop func()) {
	f, ok := c.cfg.Progress.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func() {}
	}
	bar := progressbar.NewOptions(c.cfg.Pairs, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(what),
		progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(true))
	ctx, cancel := context.WithCancel(ctx)
	var showing sync.WaitGroup
	showing.Go(func() {
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				_ = bar.Finish()
				return
			case <-tick.C:
				_ = bar.Set(done())
			}
		}
	})
	return func() {
		cancel()
		showing.Wait()
	}
}
