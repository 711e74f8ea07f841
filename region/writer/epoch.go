package writer

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
	"pangea/region/store"
)

// proof is whether this process may append to the region's log (I14). It may once every
// peer has answered it and none stores anything that the database has not: or the
// database may be an older copy, or a second one, and a seq would name two entries. It
// also may if it began the epoch itself. Otherwise the next write begins a new epoch,
// and evidence begins one at once, whenever it comes, so that what the old log lacks can
// be fetched.
type proof struct {
	proven   bool
	evidence string             // why the log cannot be gone on with; "" if nothing speaks against it
	examined bool               // the evidence outside the database
	outside  uint32             // the last epoch that this knows
	doubt    region.Doubt       // of a former log; the database keeps it too
	trusted  map[uuid.UUID]bool // sessions whose writes this process knows to be in the log
	cycle    int64              // where the last session left it
}

// resume takes the proof over to a new session: nobody else must have written, and the
// database must be the same, and no older.
func (p *proof) resume(s *store.Session) {
	if !p.trusted[s.LastWriter()] || s.Moved() != "" || s.Head().Cycle < p.cycle {
		*p = proof{doubt: max(p.doubt, s.Doubt()), evidence: s.Moved()}
		if p.evidence != "" {
			p.doubt = region.Older
		}
		return
	}
	p.trusted[s.ID()] = true
}

func (p *proof) prove(sessions ...uuid.UUID) {
	p.proven, p.evidence, p.trusted = true, "", map[uuid.UUID]bool{}
	for _, s := range sessions {
		p.trusted[s] = true
	}
}

// wake revokes the proof of a writer that stood still: another may have taken over.
func (w *Writer) wake() {
	now := time.Now()
	if still := now.Sub(w.awakeAt); still > position.Silence && !w.awakeAt.IsZero() && w.proof.proven {
		w.proof = proof{doubt: w.proof.doubt, examined: true, outside: w.proof.outside}
		w.publish()
	}
	w.awakeAt = now
}

// identify settles whose the log is, as far as the peers have said by now. With
// mustWrite it does not wait for evidence.
func (w *Writer) identify(ctx context.Context, mustWrite bool) error {
	claims, all, settled := w.tracker.Claims()
	p := &w.proof
	before := p.evidence
	if err := w.examine(ctx, claims); err != nil {
		return err
	}
	if p.evidence != before {
		p.proven = false
		if err := w.doubt(ctx, region.Older); err != nil {
			return err
		}
	}
	switch {
	case p.proven:
		return nil
	case p.evidence == "" && all:
		p.prove(w.session.LastWriter(), w.session.ID())
		w.publish()
		return nil
	case !settled:
		return nil
	case p.evidence != "" && mustWrite:
		return nil // who asked did not know of it: the next tick begins the epoch
	case p.evidence != "":
		return w.beginEpoch(ctx, claims, all, p.evidence)
	case mustWrite:
		if !answered(claims) {
			p.doubt = max(p.doubt, region.Unheard)
		}
		return w.beginEpoch(ctx, claims, all, "not every peer could confirm that the database is the newest copy")
	}
	return nil
}

// doubt notes a doubt, or its end, before anyone acts on it.
func (w *Writer) doubt(ctx context.Context, d region.Doubt) error {
	if w.proof.doubt = d; d == region.Older {
		w.tracker.Distrust()
	}
	if err := w.session.SetDoubt(ctx, d); err != nil {
		return err
	}
	w.publish()
	return nil
}

// resolve ends the doubt when what peers have of the former logs is here.
func (w *Writer) resolve(ctx context.Context) error {
	if p := &w.proof; p.doubt == region.NoDoubt || !p.proven || !w.tracker.Recovered() {
		return nil
	}
	return w.doubt(ctx, region.NoDoubt)
}

func answered(claims []position.Claim) bool {
	return slices.ContainsFunc(claims, func(c position.Claim) bool { return c.Answers })
}

// examine looks for evidence against the log, outside the database and in what peers
// claim.
func (w *Writer) examine(ctx context.Context, claims []position.Claim) (err error) {
	p, head := &w.proof, w.session.Head()
	if !p.proven && !p.examined && w.cfg.Evidence != nil {
		epoch, why := w.cfg.Evidence(ctx, head.Origin, head.Head)
		p.outside, p.evidence = max(p.outside, epoch), cmp.Or(p.evidence, why)
	}
	p.examined = true
	if f := w.late(); f.why != "" {
		p.outside, p.evidence = max(p.outside, f.epoch), cmp.Or(p.evidence, f.why)
	}
	for i := 0; i < len(claims) && p.evidence == "" && err == nil; i++ {
		p.evidence, err = w.contradiction(ctx, claims[i])
	}
	return err
}

// finding is what speaks against a log and was found only after Evidence had been asked.
type finding struct {
	own   crdt.Origin // the log
	epoch uint32      // the last that is known outside the database
	why   string
}

// Contradict says why own, which the region goes on with, is not the newest copy, or has a
// name that was taken, and the last epoch that is known outside the database.
func (w *Writer) Contradict(own crdt.Origin, epoch uint32, why string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.found = finding{own, epoch, why}
}

// late is what Contradict has said of the present log.
func (w *Writer) late() finding {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.found.own != w.session.Head().Origin {
		return finding{}
	}
	return w.found
}

// contradiction says in what a peer's claim contradicts the database.
func (w *Writer) contradiction(ctx context.Context, c position.Claim) (string, error) {
	head := w.session.Head()
	switch {
	case c.Epoch > head.Origin.Epoch:
		return fmt.Sprintf("%s knows epoch %d of this region, the database has %d", c.Peer, c.Epoch, head.Origin.Epoch), nil
	case c.Stored > head.Seq:
		return fmt.Sprintf("%s stores the log up to %d, the database ends at %d", c.Peer, c.Stored, head.Seq), nil
	case !c.Said || c.Stored == 0:
		return "", nil
	}
	sum, known, err := w.sumAt(ctx, head.Origin, c.Stored)
	if err != nil || !known || sum == c.Sum {
		return "", err
	}
	return fmt.Sprintf("%s stores another entry %d: its checksum is %s, here it is %s", c.Peer, c.Stored, c.Sum, sum), nil
}

// sumAt is the checksum of a log at seq; it is not known of entries that nobody needed
// any more.
func (w *Writer) sumAt(ctx context.Context, log crdt.Origin, seq uint64) (sum region.Checksum, known bool, err error) {
	if head := w.session.Head(); head.Origin == log && head.Seq == seq {
		return head.Checksum, true, nil
	}
	return w.session.Sum(ctx, log, seq)
}

// beginEpoch goes on under a new name.
func (w *Writer) beginEpoch(ctx context.Context, claims []position.Claim, all bool, why string) error {
	from := w.session.Head()
	epoch := max(from.Origin.Epoch, w.proof.outside)
	for origin := range w.session.Positions() {
		if origin.Region == w.cfg.Region {
			epoch = max(epoch, origin.Epoch)
		}
	}
	for _, c := range claims {
		epoch = max(epoch, c.Epoch)
	}
	if err := w.session.BeginEpoch(ctx, nextEpoch(epoch, all), w.proof.doubt); err != nil {
		return err
	}
	w.proof.prove(w.session.ID())
	w.cfg.Logger.Warn("the log ends here and goes on under a new epoch",
		region.EntryAttr(from.Origin, from.Seq), "next_epoch", w.session.Head().Origin.Epoch, "because", why)
	w.load()
	return nil
}

// nextEpoch is the number after the highest known. Whoever did not hear every peer may
// not know the highest, and another copy of the database may be in the same position:
// it takes a number that nobody else will.
func nextEpoch(known uint32, all bool) uint32 {
	if all {
		return known + 1
	}
	return known + 2 + rand.Uint32N(1<<16)
}
