package script

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"pangea/chaos"
)

// mendWithin bounds the mending after a play: a region may have to catch up.
const mendWithin = 5 * time.Minute

// Play does the steps in their order and tells out about each. Speed, above 0, is how many
// times as fast as written. Whatever happens, what was broken is mended before it returns;
// a play that ctx ended is an error.
func (s *Scenario) Play(ctx context.Context, out io.Writer, speed float64) (err error) {
	if speed <= 0 {
		return &chaos.Misuse{Text: fmt.Sprintf("a speed of %v: it must be above 0, 2 is twice as fast", speed)}
	}
	show := newShow(out, s, speed)
	var done []chaos.Act
	defer func() {
		show.end()
		err = errors.Join(err, mend(context.WithoutCancel(ctx), out, done))
	}()
	for i, step := range s.Steps {
		if err := show.until(ctx, i); err != nil {
			return fmt.Errorf("interrupted before %q", step.Command)
		}
		done = append(done, step.act) // even if it fails: then it may hold in part
		err := step.act.Do(ctx)
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("interrupted at %q", step.Command)
		case err != nil:
			return fmt.Errorf("%s: %s: %w", step.place, step.Command, err)
		}
		show.done(i)
	}
	return nil
}

// mend undoes the acts, the last one first, and those of parts when links are whole: a
// region that starts asks its peers first.
func mend(ctx context.Context, out io.Writer, acts []chaos.Act) error {
	ctx, cancel := context.WithTimeout(ctx, mendWithin)
	defer cancel()
	acts = slices.DeleteFunc(slices.Clone(acts), func(a chaos.Act) bool { return a.Undo == nil })
	slices.Reverse(acts)
	slices.SortStableFunc(acts, func(a, b chaos.Act) int { return rank(a) - rank(b) })
	var failed []error
	for _, act := range acts { // undone twice is as once
		if err := act.Undo(ctx); err != nil {
			failed = append(failed, fmt.Errorf("mend with `go tool task chaos -- %s`: %w", act.Cure, err))
		}
	}
	if len(failed) == 0 && len(acts) > 0 {
		fmt.Fprintln(out, "what the scenario broke is mended")
	}
	return errors.Join(failed...)
}

func rank(a chaos.Act) int {
	if a.Slow {
		return 1
	}
	return 0
}
