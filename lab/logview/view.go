package logview

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/lmittmann/tint"
	"golang.org/x/sync/errgroup"
)

// Source is where a part's log is.
type Source struct{ Part, File string }

// View shows logs.
type View struct {
	sources []Source
	lines   int
	handler slog.Handler
	color   bool
	width   int // of the longest part

	mu   sync.Mutex
	last map[string]time.Time // by part: of its last line that had one
}

// New returns a view of the last lines of each source, which it writes to out.
func New(out io.Writer, color bool, lines int, sources []Source) *View {
	v := &View{sources: sources, lines: lines, color: color, last: map[string]time.Time{}}
	for _, s := range sources {
		v.width = max(v.width, len(s.Part))
	}
	v.handler = tint.NewTextHandler(out, &tint.Options{Level: slog.LevelDebug, TimeFormat: "15:04:05.000", NoColor: !color})
	return v
}

// Show shows what there is, and with follow what is added, until ctx ends.
func (v *View) Show(ctx context.Context, follow bool) error {
	var all []line
	ends := make([]int64, len(v.sources))
	for i, s := range v.sources {
		lines, end, err := v.tail(s)
		if err != nil {
			return err
		}
		all, ends[i] = append(all, lines...), end
	}
	slices.SortStableFunc(all, func(a, b line) int { return a.time.Compare(b.time) })
	for _, l := range all {
		if err := v.write(l); err != nil {
			return err
		}
	}
	if !follow {
		return nil
	}
	g, ctx := errgroup.WithContext(ctx)
	for i, s := range v.sources {
		g.Go(func() error { return v.follow(ctx, s, ends[i]) })
	}
	return g.Wait()
}

// tail reads the last lines of a source, and tells where it ends.
func (v *View) tail(s Source) (lines []line, end int64, err error) {
	content, err := os.ReadFile(s.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read the log of %s: %w", s.Part, err)
	}
	end = int64(bytes.LastIndexByte(content, '\n') + 1) // a line under way is for follow
	texts := slices.Collect(bytes.Lines(content[:end]))
	for _, text := range texts[max(0, len(texts)-v.lines):] {
		lines = append(lines, v.dated(s.Part, string(text)))
	}
	return lines, end, nil
}

// dated gives a line that has no time that of the one before it.
func (v *View) dated(part, text string) line {
	l := parse(part, strings.TrimRight(text, "\r\n"))
	v.mu.Lock()
	defer v.mu.Unlock()
	if l.time.IsZero() {
		l.time = v.last[part]
	}
	v.last[part] = l.time
	return l
}

// follow shows what is added to a source.
func (v *View) follow(ctx context.Context, s Source, from int64) error {
	cmd := exec.CommandContext(ctx, "tail", "-c", fmt.Sprintf("+%d", from+1), "-F", s.File)
	added, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("follow the log of %s: %w", s.Part, err)
	}
	lines := bufio.NewReader(added)
	for {
		text, err := lines.ReadString('\n')
		if err != nil {
			break
		}
		if err := v.write(v.dated(s.Part, text)); err != nil {
			return err
		}
	}
	if err := cmd.Wait(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("follow the log of %s: %w", s.Part, err)
	}
	return nil
}

// write shows a line.
func (v *View) write(l line) error {
	part := fmt.Sprintf("%-*s", v.width, l.part)
	if v.color {
		part = colorOf(l.part).Sprint(part)
	}
	r := slog.NewRecord(l.time, l.level, part+" "+l.text, 0)
	for _, a := range l.attrs {
		if !told(l.part, a) {
			r.AddAttrs(a)
		}
	}
	return v.handler.Handle(context.Background(), r)
}

// told reports whether an attribute says no more than the part's name: region=eu of
// region-eu.
func told(part string, a slog.Attr) bool { return part == a.Key+"-"+a.Value.String() }

// colorOf gives all parts of a region one color.
func colorOf(part string) text.Colors {
	colors := []text.Color{text.FgCyan, text.FgMagenta, text.FgBlue, text.FgGreen, text.FgYellow}
	_, region, found := strings.Cut(part, "-")
	if !found {
		return text.Colors{text.FgHiBlack}
	}
	sum := 0
	for _, c := range []byte(region) {
		sum += int(c)
	}
	return text.Colors{colors[sum%len(colors)]}
}
