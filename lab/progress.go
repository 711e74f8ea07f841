package lab

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows how the parts of the stack come up or go down: a bar on a
// terminal, lines elsewhere.
type progress struct {
	out         io.Writer
	bar         *progressbar.ProgressBar // nil unless out is a terminal
	first, last string                   // the notes that begin and complete a part
	begun       time.Time
	pending     map[string]bool
}

func newProgress(out io.Writer, parts int, first, last string) *progress {
	p := &progress{out: out, first: first, last: last, begun: time.Now(), pending: map[string]bool{}}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions(parts, progressbar.OptionSetWriter(out), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetWidth(20), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(false),
			progressbar.OptionShowDescriptionAtLineEnd())
	}
	return p
}

// report is a stack.Report.
func (p *progress) report(part, note string) {
	done := note == p.last
	p.pending[part] = true
	if done {
		delete(p.pending, part)
	}
	if p.bar == nil {
		if note != p.first {
			fmt.Fprintf(p.out, "%5.1fs  %-12s  %s\n", time.Since(p.begun).Seconds(), part, note)
		}
		return
	}
	p.bar.Describe(p.waitingFor(part, note))
	if done {
		p.bar.Add(1) //nolint:errcheck // it is only a picture
	}
}

func (p *progress) waitingFor(part, note string) string {
	names := strings.Join(slices.Sorted(maps.Keys(p.pending)), ", ")
	if !p.pending[part] {
		return names
	}
	const width = 60
	text := names + ": " + note
	return text[:min(len(text), width)]
}

func (p *progress) finish() {
	if p.bar != nil {
		p.bar.Finish() //nolint:errcheck // it is only a picture
	}
}
