package writer_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
	"pangea/region/regiontest"
	"pangea/region/snapshot"
	"pangea/region/store"
	"pangea/region/writer"
)

var (
	ap = crdt.Origin{Region: "ap", Epoch: 1}
	sa = crdt.Origin{Region: "sa", Epoch: 1}
)

// newDonor starts a writer for region ap, which has made three writes.
func newDonor(t *testing.T) *rig {
	t.Helper()
	s, err := store.Open(context.Background(), store.Config{DSN: newDatabase(t), Region: "ap"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	r := &rig{store: s, tracker: position.New("ap", "ap", time.Now)}
	if r.writer, err = writer.New(writer.Config{Region: "ap"}, s, r.tracker); err != nil {
		t.Fatal(err)
	}
	r.run(t, r.writer)
	for range 3 {
		if _, err := r.writer.Do(t.Context(), incr("b")); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// snapshot is what the region sends to a peer.
func (r *rig) snapshot(t *testing.T) []byte {
	t.Helper()
	var sent bytes.Buffer
	err := r.store.Snapshot(t.Context(), func(s *store.Snapshot) error {
		return snapshot.Write(&sent, s.Header, s.Rows(), s.Waiting())
	})
	if err != nil {
		t.Fatal(err)
	}
	return sent.Bytes()
}

func (r *rig) join(t *testing.T, sent []byte) error {
	t.Helper()
	reader, err := snapshot.NewReader(bytes.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	return r.writer.Join(t.Context(), reader)
}

// content is all of the database that a join changes.
func (r *rig) content(t *testing.T) (text string) {
	t.Helper()
	err := r.sql(t).QueryRow(t.Context(), `select concat_ws(' ',
		(select string_agg(p::text, '' order by origin) from positions p),
		(select string_agg(c::text, '' order by key, origin) from counter c),
		(select string_agg(l::text, '' order by origin, class) from ledger l),
		(select string_agg(origin || seq, ' ' order by origin, seq) from entry),
		(select string_agg(c.relname, ' ' order by relname) from pg_class c where relname like 'entry%'))`).Scan(&text)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// log reads a log, of which every entry must follow the one before (I14).
func (r *rig) log(t *testing.T, origin crdt.Origin) (log []*region.Entry) {
	t.Helper()
	records, err := r.store.Log(t.Context(), origin, 1, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	var sum region.Checksum
	for i, record := range records {
		e, err := region.Decode(record.Payload)
		if err != nil || e.Seq != uint64(i)+1 || !e.Follows(sum) {
			t.Fatalf("entry %d of %s does not follow, or is damaged: %v", record.Seq, origin, err)
		}
		sum, log = e.Checksum, append(log, e)
	}
	return log
}

// branch is another history that begins as r.
func (r *remote) branch() *remote {
	return &remote{origin: r.origin, log: slices.Clone(r.log), sum: r.sum}
}

// waiting appends n entries that wait for entry seq of sa.
func (r *remote) waiting(n int, seq uint64) *remote {
	for range n {
		r.entry(crdt.Vector{sa: seq})
	}
	return r
}

// What waits at the donor goes on from what waits here, and the logs go on from there.
func TestJoin_GoesOnWhereTheLogsMeet(t *testing.T) {
	donor, r := newDonor(t), newRig(t, nil)
	eu := newRemote("eu")
	eu.entry(nil)
	eu.entry(nil)
	eu.waiting(5, 1)
	deliver(t, donor.writer, eu.log[:6]...)
	deliver(t, r.writer, eu.log[:4]...)
	r.write(t)
	if err := r.join(t, donor.snapshot(t)); err != nil {
		t.Fatal(err)
	}
	for origin, want := range map[crdt.Origin]region.Progress{
		eu.origin: {Stored: 6, Checksum: eu.log[5].Checksum, Applied: 2, Ordinal: 2},
		ap:        {Stored: 3, Checksum: donor.tracker.Local().Head.Checksum, Applied: 3, Ordinal: 3},
	} {
		local := r.tracker.Local()
		got := region.Progress{Stored: local.Stored[origin], Checksum: local.Sums[origin], Applied: local.Applied[origin], Ordinal: local.Ordinals[origin]}
		if got != want {
			t.Errorf("%s is at %+v, want %+v", origin, got, want)
		}
	}
	if n := len(r.log(t, eu.origin)); n != 6 {
		t.Errorf("%d entries of eu are stored", n)
	}
	if _, err := r.store.Log(t.Context(), ap, 1, 1); !errors.Is(err, region.ErrTrimmed) {
		t.Errorf("what the snapshot covers can be read: %v", err)
	}

	sa := newRemote("sa")
	deliver(t, r.writer, sa.entry(nil))
	deliver(t, r.writer, eu.log[6])
	donor.write(t)
	deliver(t, r.writer, donor.log(t, ap)[3])
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if v := r.tracker.Vector().String(); v != "ap=4,eu=7,sa=1,us=1" {
			return "applied " + v
		}
		return ""
	})
	if a, b := r.counter(t, "a"), r.counter(t, "b"); a != "10" || b != "3" { // 7 of eu, and 1 of sa, us and ap each
		t.Errorf("counters %s and %s", a, b)
	}
	r.wantBalanced(t)
}

func (r *rig) counter(t *testing.T, key string) string {
	t.Helper()
	value, err := r.store.Counter(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// wantBalanced checks I9.
func (r *rig) wantBalanced(t *testing.T) {
	t.Helper()
	ledger, err := r.store.Ledger(t.Context())
	if err != nil || len(ledger) == 0 {
		t.Fatalf("the ledger has %d rows, %v", len(ledger), err)
	}
	for _, l := range ledger {
		if l.Committed != l.Live+l.Merged+l.Superseded+l.Concurrent+l.ClockSkew+l.Removed {
			t.Errorf("the sums do not agree: %+v", l)
		}
	}
}

// I14: two histories of one log are never made one, wherever the two logs end. Nothing
// of the snapshot is left.
func TestJoin_RefusesAnotherHistory(t *testing.T) {
	one := newRemote("eu")
	one.entry(nil)
	two := one.branch()
	two.entry(nil)
	other := one.branch()
	other.entry(crdt.Vector{ap: 1})
	alone := newRemote("eu")
	alone.entry(nil)
	damaged := two.branch().waiting(4, 1)
	damaged.log[4] = two.branch().waiting(3, 2).log[4]
	for name, c := range map[string]struct{ ours, theirs *remote }{
		"ours ends in what waits there":     {two.branch().waiting(2, 1), two.branch().waiting(4, 2)},
		"ours ends where theirs waits":      {other, two.branch().waiting(4, 1)},
		"theirs ends in what waits here":    {two.branch().waiting(4, 1), two.branch().waiting(2, 2)},
		"theirs ends in what is applied":    {two, alone},
		"both end there":                    {two.branch().waiting(2, 1), two.branch().waiting(2, 2)},
		"what waits there is not one chain": {two, damaged},
	} {
		t.Run(name, func(t *testing.T) {
			donor, r := newDonor(t), newRig(t, nil)
			deliver(t, donor.writer, c.theirs.log...)
			deliver(t, r.writer, c.ours.log...)
			r.wantRefused(t, donor.snapshot(t), region.ErrFork)
			if n := len(r.log(t, eu)); n != len(c.ours.log) {
				t.Errorf("%d entries of eu are stored", n)
			}
		})
	}
}

// What waits at the donor ends as its header says, or the position would be of another
// history than the entries.
func TestJoin_RefusesAHeaderOfAnotherHistory(t *testing.T) {
	donor, r := newDonor(t), newRig(t, nil)
	deliver(t, donor.writer, newRemote("eu").waiting(3, 1).log...)
	var sent bytes.Buffer
	err := donor.store.Snapshot(t.Context(), func(s *store.Snapshot) error {
		p := s.Header.Logs[eu]
		p.Checksum = region.Checksum{1}
		s.Header.Logs[eu] = p
		return snapshot.Write(&sent, s.Header, s.Rows(), s.Waiting())
	})
	if err != nil {
		t.Fatal(err)
	}
	r.wantRefused(t, sent.Bytes(), region.ErrFork)
}

// A donor that has more of this region's own log, or something else, shows that the
// log is not this process's to go on with; a join is not the answer.
func TestJoin_RefusesAnotherOwnLog(t *testing.T) {
	for name, c := range map[string]struct {
		entries int
		want    error
	}{"the same length": {2, region.ErrFork}, "shorter": {1, region.ErrFork}, "longer": {3, nil}} {
		t.Run(name, func(t *testing.T) {
			donor, r := newDonor(t), newRig(t, nil)
			own := newRemote("us")
			for range c.entries {
				deliver(t, donor.writer, own.entry(nil))
			}
			r.write(t)
			r.wantRefused(t, donor.snapshot(t), c.want)
		})
	}
}

// A stream that ends anywhere leaves nothing.
func TestJoin_OfABrokenStreamLeavesNothing(t *testing.T) {
	donor, r := newDonor(t), newRig(t, nil)
	eu := newRemote("eu").waiting(3, 1)
	deliver(t, donor.writer, eu.log...)
	r.write(t)
	sent := donor.snapshot(t)
	frame := len(eu.log[2].Payload) + 30
	for _, missing := range []int{1, 20, frame, 3*frame + 20} {
		r.wantRefused(t, sent[:len(sent)-missing], nil)
	}
	if err := r.join(t, sent); err != nil {
		t.Fatal(err)
	}
}

// wantRefused joins a snapshot in vain: nothing of it is left, and the session goes on.
func (r *rig) wantRefused(t *testing.T, sent []byte, want error) {
	t.Helper()
	r.write(t)
	before, session := r.content(t), r.lastWriter(t)
	if err := r.join(t, sent); err == nil || want != nil && !errors.Is(err, want) {
		t.Errorf("joined: %v; want an error, %v", err, want)
	}
	if after := r.content(t); after != before {
		t.Errorf("the join left\n%s\nwhere there was\n%s", after, before)
	}
	r.write(t)
	if r.lastWriter(t) != session {
		t.Error("the session was given up")
	}
}

// lastWriter names the session that has written last.
func (r *rig) lastWriter(t *testing.T) (session string) {
	t.Helper()
	if err := r.sql(t).QueryRow(t.Context(), "select writer::text from log_head").Scan(&session); err != nil {
		t.Fatal(err)
	}
	return session
}
