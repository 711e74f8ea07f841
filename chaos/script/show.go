package script

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// redraw is how often the line of what is next is drawn anew.
const redraw = 200 * time.Millisecond

// show tells how a play goes on: each step as it is done and, on a terminal, a live line
// of what is next and when.
type show struct {
	scenario *Scenario
	speed    float64
	out      io.Writer
	begun    time.Time
	bar      *progressbar.ProgressBar // nil unless out is a terminal
}

func newShow(out io.Writer, s *Scenario, speed float64) *show {
	sh := &show{scenario: s, speed: speed, out: out, begun: time.Now()}
	if s.Title != "" {
		fmt.Fprintln(out, s.Title)
	}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		sh.bar = progressbar.NewOptions64(max(1, int64(sh.due(len(s.Steps)-1))), progressbar.OptionSetWriter(out),
			progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(20), progressbar.OptionSetPredictTime(false),
			progressbar.OptionSetElapsedTime(false), progressbar.OptionShowDescriptionAtLineEnd())
	}
	return sh
}

// due is when step i is to be done, after the beginning.
func (sh *show) due(i int) time.Duration {
	return time.Duration(float64(sh.scenario.Steps[i].At) / sh.speed)
}

// until waits for the time of step i.
func (sh *show) until(ctx context.Context, i int) error {
	if left := sh.due(i) - time.Since(sh.begun); sh.bar == nil && left > time.Second {
		fmt.Fprintf(sh.out, "%6.1fs  next in %.0fs: %s\n", time.Since(sh.begun).Seconds(), left.Seconds(), sh.scenario.Steps[i].Command)
	}
	tick := time.NewTicker(redraw)
	defer tick.Stop()
	for {
		left := sh.due(i) - time.Since(sh.begun)
		if left <= 0 {
			return ctx.Err()
		}
		sh.draw(i, left)
		wait := time.NewTimer(left)
		select {
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		case <-wait.C:
		case <-tick.C:
			wait.Stop()
		}
	}
}

//nolint:errcheck // it is only a picture
func (sh *show) draw(i int, left time.Duration) {
	if sh.bar == nil {
		return
	}
	sh.bar.Describe(fmt.Sprintf("next in %.0fs: %s", left.Seconds(), sh.scenario.Steps[i].Command))
	sh.bar.Set64(min(int64(time.Since(sh.begun)), sh.bar.GetMax64()-1)) // full would end it
}

// done tells what is true after step i, and when that was.
func (sh *show) done(i int) {
	if sh.bar != nil {
		sh.bar.Clear() //nolint:errcheck // it is only a picture
	}
	step, now := sh.scenario.Steps[i], time.Since(sh.begun)
	fmt.Fprintf(sh.out, "%6.1fs  %s: %s\n", now.Seconds(), step.Command, step.act.Says)
}

func (sh *show) end() {
	if sh.bar != nil {
		sh.bar.Clear() //nolint:errcheck // it is only a picture
	}
}
