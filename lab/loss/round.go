package loss

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pangea/chaos"
	"pangea/crdt"
)

// Round is what came of one loss. Times of the return count from the moment that the
// region was asked back.
type Round struct {
	Schedule
	Ready time.Duration `json:"ready_ns"` // it serves
	Whole time.Duration `json:"whole_ns"` // all regions hold the same, the load having ended meanwhile

	// Acks is what the region had acknowledged before the loss, and what of it is gone.
	// Only what it alone knew may be, and only if its disk is gone.
	Acks map[Kind]*Acks `json:"own_acks"`

	// Unanswered is how many writes of the probes may stand or not.
	Unanswered int `json:"unanswered"`

	// What must not be gone.
	Owed           owed     `json:"acks"`             // that had to hold
	Former         int      `json:"former_acks"`      // of former rounds, read again
	Compared       int      `json:"compared_entries"` // of the lost region's log: their content
	MissingAcks    []string `json:"missing_acks"`
	MissingEntries []string `json:"missing_entries"`
	Unchecked      []string `json:"unchecked"` // of what there was nothing to miss
	Verified       bool     `json:"verified"`

	Load  Load   `json:"load"`
	Error string `json:"error,omitempty"` // why it was not completed
}

func newRound(s Schedule) *Round {
	return &Round{Schedule: s, Acks: map[Kind]*Acks{}, Owed: owed{}, MissingAcks: []string{}, MissingEntries: []string{}, Unchecked: []string{}}
}

// Load is what became of the operations on the routers.
type Load struct {
	OK          uint64 `json:"ok"`
	Refused     uint64 `json:"refused"`
	Unavailable uint64 `json:"unavailable"`
	Unanswered  uint64 `json:"unanswered"`
}

// after is how long the load goes on once the region serves: its new log is to be
// written to as well.
const after = time.Second

// round fills r in.
func (e *Experiment) round(ctx context.Context, r *Round) error {
	ctx, cancel := context.WithTimeout(ctx, e.cfg.Limit)
	defer cancel()
	traffic, err := e.start(ctx, r.Number)
	if err != nil {
		return err
	}
	loss, err := e.lose(ctx, r)
	r.Load = traffic.stop()
	if err != nil {
		return err
	}
	e.tell(r, "serves again after %.1fs; waiting for equal vectors", r.Ready.Seconds())
	if err := e.verify(ctx); err != nil {
		return err
	}
	r.Whole, r.Verified = time.Since(loss.healed), true
	e.tell(r, "all regions hold the same after %.1fs; reading back what was acknowledged", r.Whole.Seconds())
	return e.check(ctx, r, loss)
}

// loss is what is known of one when it is over.
type loss struct {
	round   int
	region  string
	kept    bool        // its disk
	from    time.Time   // when its death began
	to      time.Time   // and when it was complete
	healed  time.Time   // when it was asked back
	stored  crdt.Vector // what the survivors stored when it was dead
	entries []entry     // the last that they had of its logs
}

// lose takes the region away and brings it back, while the load goes on.
func (e *Experiment) lose(ctx context.Context, r *Round) (loss, error) {
	fault, err := e.fault(r.Region)
	if err != nil {
		return loss{}, err
	}
	e.tell(r, "%s will be %s in %.1fs", r.Region, e.cfg.Fault, r.At.Seconds())
	if err := chaos.Wait(ctx, r.At); err != nil {
		return loss{}, err
	}
	l := loss{round: r.Number, region: r.Region, kept: e.cfg.Fault == Killed, from: time.Now()}
	if err := fault.Inject(ctx); err != nil {
		return loss{}, fmt.Errorf("%s: %w", fault.Name, err)
	}
	l.to = time.Now()
	if err := e.remember(&l); err != nil {
		return loss{}, err
	}
	e.tell(r, "%s; back in %.1fs", fault.Broken, r.Away.Seconds())
	if err := chaos.Wait(ctx, r.Away); err != nil {
		return loss{}, err
	}
	l.healed = time.Now()
	if err := fault.Heal(ctx); err != nil {
		return loss{}, fmt.Errorf("%s: %w", fault.Cure, err)
	}
	r.Ready = time.Since(l.healed)
	return l, chaos.Wait(ctx, after)
}

func (e *Experiment) tell(r *Round, format string, args ...any) {
	e.bar.Say("round %d of %d: %s", r.Number, e.cfg.Rounds, fmt.Sprintf(format, args...))
}

// Broken reports whether a promise was, or could not be checked.
func (r *Round) Broken() bool {
	missing := len(r.MissingAcks) + len(r.MissingEntries) + len(r.Unchecked)
	return r.Error != "" || missing > 0 || !r.Verified
}

// String is one line, and one more for each of the first promises that were broken.
func (r *Round) String() string {
	verdict := "nothing promised is missing"
	if r.Broken() {
		verdict = "BROKEN"
	}
	lines := []string{fmt.Sprintf(
		"round %d: %s lost at %.1fs for %.1fs, ready after %.1fs, whole after %.1fs; it had acknowledged %s; of %d that must stay, and %d of former rounds, %d are missing, and %d entries; %s",
		r.Number, r.Region, r.At.Seconds(), r.Away.Seconds(), r.Ready.Seconds(), r.Whole.Seconds(),
		r.lost(), r.Owed.total(), r.Former, len(r.MissingAcks), len(r.MissingEntries), verdict)}
	const shown = 5
	for _, missing := range [][]string{r.MissingAcks, r.MissingEntries, r.Unchecked} {
		lines = append(lines, missing[:min(shown, len(missing))]...)
	}
	return strings.Join(lines, "\n  ")
}
