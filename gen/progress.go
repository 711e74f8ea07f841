package gen

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

const (
	barEvery  = 500 * time.Millisecond
	lineEvery = 5 * time.Second // when nobody watches a terminal
)

// showProgress shows how the run stands until ctx is done: a bar on a terminal,
// else a line now and then.
func (l *Load) showProgress(ctx context.Context, start time.Time) {
	out := l.cfg.Progress
	every, show := lineEvery, func(done uint64, text string) {
		fmt.Fprintf(out, "%d of %d operations, %s\n", done, l.cfg.operations(), text)
	}
	if isTerminal(out) {
		bar := progressbar.NewOptions64(int64(l.cfg.operations()),
			progressbar.OptionSetWriter(out), progressbar.OptionClearOnFinish(), progressbar.OptionFullWidth(),
			progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(barEvery/2))
		defer func() { _ = bar.Finish() }()
		every, show = barEvery, func(done uint64, text string) {
			bar.Describe(text)
			_ = bar.Set64(int64(done))
		}
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			p := l.recorder.Progress()
			show(p.Done, fmt.Sprintf("%.0f/s, %d errors, p99 %.1f ms",
				float64(p.Done)/time.Since(start).Seconds(), p.Errors, p.P99.Seconds()*1000))
		}
	}
}

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
