package trial

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

const (
	barEvery  = 2 * time.Second
	lineEvery = 15 * time.Second // when nobody watches a terminal
)

// showProgress shows how the load stands until ctx is done: a bar on a terminal, else a
// line now and then.
func (t *Trial) showProgress(ctx context.Context, start time.Time) {
	out := t.cfg.Progress
	every, show := lineEvery, func(text string) {
		fmt.Fprintf(out, "%v of %v: %s\n", time.Since(start).Round(time.Second), t.cfg.Duration, text)
	}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		bar := progressbar.NewOptions64(int64(t.cfg.Duration.Seconds()),
			progressbar.OptionSetWriter(out), progressbar.OptionClearOnFinish(), progressbar.OptionFullWidth())
		defer func() { _ = bar.Finish() }()
		every, show = barEvery, func(text string) {
			bar.Describe(text)
			_ = bar.Set64(int64(time.Since(start).Seconds()))
		}
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for last := start; ; {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			show(t.stands(last, now))
			last = now
		}
	}
}

// stands is how the load went between two moments.
func (t *Trial) stands(from, to time.Time) string {
	seen := t.meter.Report(from, to)
	behind := 0.0
	for _, l := range seen.Links {
		if n := len(l.LagSeconds); n > 0 {
			behind = max(behind, l.LagSeconds[n-1].Value)
		}
	}
	return fmt.Sprintf("%.0f writes/s, the worst link %.0f ms behind", perSecond(seen), behind*1000)
}
