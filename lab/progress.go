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

// quietFor is how long a part may stay at one step before a plain log hears why.
const quietFor = 2 * time.Second

// progress shows how the parts of the stack come up or go down: a bar on a
// terminal, lines elsewhere.
type progress struct {
	out     io.Writer
	bar     *progressbar.ProgressBar // nil unless out is a terminal
	last    string                   // the note that completes a part
	begun   time.Time
	printed map[string]time.Time // part -> its last line
	pending map[string]bool
}

func newProgress(out io.Writer, parts int, last string) *progress {
	p := &progress{out: out, last: last, begun: time.Now(), printed: map[string]time.Time{}, pending: map[string]bool{}}
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
		p.line(part, note, done)
		return
	}
	p.bar.Describe(p.waitingFor(part, note))
	if done {
		p.bar.Add(1) //nolint:errcheck // it is only a picture
	}
}

// line prints a note if it ends the part, starts it, or explains a long wait.
func (p *progress) line(part, note string, done bool) {
	before, seen := p.printed[part]
	if seen && !done && time.Since(before) < quietFor {
		return
	}
	p.printed[part] = time.Now()
	fmt.Fprintf(p.out, "%5.1fs  %-12s  %s\n", time.Since(p.begun).Seconds(), part, note)
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
