package writer_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
	"pangea/region/regiontest"
)

var (
	us = crdt.Origin{Region: "us", Epoch: 1}
	eu = crdt.Origin{Region: "eu", Epoch: 1}
)

// newRigWithPeer is newRig for a region that has a peer, eu.
func newRigWithPeer(t *testing.T) *rig {
	t.Helper()
	r := rigWithPeer(t, newDatabase(t))
	r.run(t, r.writer)
	return r
}

func rigWithPeer(t *testing.T, dsn string) *rig {
	t.Helper()
	r := &rig{dsn: dsn, wire: newWire(t, dsn)}
	r.store, r.tracker, r.writer = r.open(t, r.wire.dsn, nil)
	r.tracker.Register("eu")
	return r
}

// claim has eu say how much it stores of the log of us, and with which checksum.
func (r *rig) claim(stored uint64, sum region.Checksum) {
	now := time.Now()
	r.tracker.Observe(region.Report{
		Origin: eu, Stored: crdt.Vector{us: stored}, Applied: crdt.Vector{us: stored}, SentAt: now,
		Sums:   map[crdt.Origin]region.Checksum{us: sum},
		Echoes: map[string]region.Echo{"us": {Instance: "us", SentAt: now, ReceivedAt: now}},
	})
}

// waitProven waits until the log is the writer's to go on with.
func (r *rig) waitProven(t *testing.T) *position.Local {
	t.Helper()
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if !r.tracker.Local().Proven {
			return "the log is not proven"
		}
		return ""
	})
	return r.tracker.Local()
}

func (r *rig) write(t *testing.T) region.Result {
	t.Helper()
	result, err := r.writer.Do(t.Context(), incr("a"))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// Nothing is appended before every peer has answered, and then the log goes on (I14).
func TestEpoch_GoesOnWhenEveryPeerAgrees(t *testing.T) {
	r := newRigWithPeer(t)
	if _, err := r.writer.Do(t.Context(), incr("a")); err == nil {
		t.Error("a write was acknowledged before the peer was heard")
	}
	r.claim(0, region.Checksum{})
	r.waitProven(t)
	if p := r.write(t).Position; p.Origin != us || p.Seq != 1 {
		t.Errorf("the first write is %v", p)
	}
}

// With a peer that says nothing the log ends at the first write: the peer may store
// more of it. Two copies that do so go on under different names.
func TestEpoch_EndsWhenAPeerIsSilent(t *testing.T) {
	begun := map[crdt.Origin]bool{}
	for range 2 {
		r := newRigWithPeer(t)
		var result region.Result
		regiontest.Eventually(t, regiontest.Patience, func() string {
			var err error
			if result, err = r.writer.Do(t.Context(), incr("a")); err != nil {
				return err.Error()
			}
			return ""
		})
		if result.Position.Origin.Epoch < 2 || result.Position.Seq != 1 {
			t.Errorf("the first write is %v", result.Position)
		}
		begun[result.Position.Origin] = true
	}
	if len(begun) != 2 {
		t.Errorf("two copies went on as %v", begun)
	}
}

// A peer that stores more of the log, or something else, ends it before any write; the
// old log is kept as one of many, with its entries.
func TestEpoch_EndsWhenAPeerContradicts(t *testing.T) {
	for name, claim := range map[string]func(*rig, region.Head){
		"with more entries":      func(r *rig, h region.Head) { r.claim(h.Seq+1, region.Checksum{1}) },
		"with another last":      func(r *rig, h region.Head) { r.claim(h.Seq, region.Checksum{1}) },
		"with another before it": func(r *rig, h region.Head) { r.claim(h.Seq-1, region.Checksum{1}) },
	} {
		t.Run(name, func(t *testing.T) {
			r := rigWithPeer(t, newDatabase(t))
			stop := r.start(t, r.writer)
			r.claim(0, region.Checksum{})
			r.waitProven(t)
			for range 3 {
				r.write(t)
			}
			head := r.tracker.Local().Head
			stop()
			second := rigWithPeer(t, r.dsn)
			second.run(t, second.writer)
			claim(second, head)
			regiontest.Eventually(t, regiontest.Patience, func() string {
				if o := second.tracker.Local().Origin; o.Epoch != 2 {
					return "the log is still " + o.String()
				}
				return ""
			})
			if local := second.tracker.Local(); local.Stored[us] != 3 || local.Head.Seq != 0 {
				t.Errorf("the old log is at %d, the new one at %d", local.Stored[us], local.Head.Seq)
			}
			if n := number(t, r.sql(t), "select count(*) from inbox where origin = 'us'"); n != 3 {
				t.Errorf("%d entries of the old log are kept, want 3", n)
			}
			if p := second.write(t).Position; p.Origin.Epoch != 2 || p.Seq != 1 {
				t.Errorf("the next write is %v", p)
			}
		})
	}
}

// The database is put back under a running process: by files of before, in which even
// the last session is one of its own, or by a dump.
func TestEpoch_EndsWhenTheDatabaseIsPutBack(t *testing.T) {
	const older = `
		update log_head set cycle = cycle - 2, seq = 1, ordinal = 1;
		delete from outbox where seq > 1`
	for name, put := range map[string]string{
		"older files": older,
		"a dump":      "update log_head set identity = 'another'",
	} {
		t.Run(name, func(t *testing.T) {
			r := newRigWithPeer(t)
			r.claim(0, region.Checksum{})
			r.waitProven(t)
			for range 3 {
				r.write(t)
			}
			head := r.tracker.Local().Head
			r.claim(head.Seq, head.Checksum)
			r.wire.limit(0, 0)
			r.wire.cut()
			r.mustExec(t, put)
			r.wire.limit(-1, -1)
			r.wire.cut()
			regiontest.Eventually(t, regiontest.Patience, func() string {
				r.claim(head.Seq, head.Checksum)
				if _, err := r.writer.Do(t.Context(), incr("a")); err != nil {
					return err.Error()
				}
				return ""
			})
			if o := r.tracker.Local().Origin; o.Epoch != 2 {
				t.Errorf("the log goes on as %s", o)
			}
		})
	}
}

func (r *rig) mustExec(t *testing.T, sql string) {
	t.Helper()
	conn := r.sql(t)
	number(t, conn, "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
	for statement := range strings.SplitSeq(sql, ";") {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

// A connection that breaks proves nothing against the log: it goes on, even if not every
// peer can be asked.
func TestEpoch_GoesOnAfterABrokenConnection(t *testing.T) {
	r := newRigWithPeer(t)
	r.claim(0, region.Checksum{})
	r.waitProven(t)
	r.write(t)
	r.tracker.Register("ap")
	r.wire.kill(t)
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if _, err := r.writer.Do(t.Context(), incr("a")); err != nil {
			return err.Error()
		}
		return ""
	})
	if o := r.tracker.Local().Origin; o != us {
		t.Errorf("the log goes on as %s", o)
	}
}

// An epoch begins in one transaction: after a failure the old log is as it was.
func TestEpoch_BeginsAsAWhole(t *testing.T) {
	dsn := newDatabase(t)
	r := &rig{dsn: dsn}
	old := acquire(t, dsn)
	if err := old.BeginEpoch(t.Context(), 1, region.NoDoubt); err == nil {
		t.Error("an epoch began that is not a later one")
	}
	if _, err := r.sql(t).Exec(t.Context(), "select advance_head(epoch, cycle, gen_random_uuid(), seq, ordinal, checksum, clock) from log_head"); err != nil {
		t.Fatal(err)
	}
	if err := old.BeginEpoch(t.Context(), 2, region.NoDoubt); err == nil {
		t.Error("a process that lost the database began an epoch (I12)")
	}
	if n := number(t, r.sql(t), "select epoch from log_head"); n != 1 {
		t.Errorf("the database is in epoch %d", n)
	}
}

// What a peer says later counts too: then another process has written under this log's
// name, and this one stops to.
func TestEpoch_EndsWhenAPeerContradictsLater(t *testing.T) {
	r := newRigWithPeer(t)
	r.claim(0, region.Checksum{})
	r.waitProven(t)
	r.write(t)
	r.claim(50, region.Checksum{1})
	regiontest.Eventually(t, regiontest.Patience, func() string {
		r.claim(50, region.Checksum{1})
		if l := r.tracker.Local(); l.Origin.Epoch != 2 || l.Doubt == region.NoDoubt {
			return "the log is still " + l.Origin.String()
		}
		return ""
	})
}

// What could not be read in time may show that the name of the log is taken: it ends, and
// the next is above that (I14). What is said of a former log says nothing of this one.
func TestEpoch_EndsWhenItsNameIsFoundTaken(t *testing.T) {
	r := newRigWithPeer(t)
	r.claim(0, region.Checksum{})
	r.waitProven(t)
	r.write(t)
	goesOn := func(epoch uint32) {
		t.Helper()
		regiontest.Eventually(t, regiontest.Patience, func() string {
			r.claim(0, region.Checksum{})
			if l := r.tracker.Local(); l.Origin.Epoch != epoch || !l.Proven {
				return "the log is " + l.Origin.String()
			}
			return ""
		})
	}
	r.writer.Contradict(us, 7, "it is planted")
	goesOn(8)
	r.writer.Contradict(us, 9, "it is planted")
	regiontest.Throughout(t, 2*time.Second, func() string {
		if l := r.tracker.Local(); l.Origin.Epoch != 8 {
			return "the log is " + l.Origin.String()
		}
		return ""
	})
	if l := r.tracker.Local(); l.Stored[us] != 1 || l.Doubt != region.Older {
		t.Errorf("the former log is at %d, the doubt is %d", l.Stored[us], l.Doubt)
	}
}

// What speaks against the database is not forgotten with the process, until all that peers
// have of its former log is here (I10).
func TestEpoch_DoubtOutlivesTheProcess(t *testing.T) {
	r := rigWithPeer(t, newDatabase(t))
	stop := r.start(t, r.writer)
	r.claim(0, region.Checksum{})
	r.waitProven(t)
	r.write(t)
	r.claim(50, region.Checksum{1})
	waitDoubt(t, r, region.Older)
	stop()
	second := rigWithPeer(t, r.dsn)
	stop = second.start(t, second.writer)
	waitDoubt(t, second, region.Older)
	if second.tracker.Sound() {
		t.Error("the next process decides about handles")
	}
	second.claim(1, region.Checksum{1}) // the peer has lost the rest
	second.tracker.Salvaged(second.tracker.Local().Origin, true)
	waitDoubt(t, second, region.NoDoubt)
	stop()
	third := rigWithPeer(t, r.dsn)
	third.run(t, third.writer)
	waitDoubt(t, third, region.NoDoubt)
}

// A new database, or a lost one, may not know of a peer that is silent (I10).
func TestEpoch_AnEmptyDatabaseIsDoubted(t *testing.T) {
	r := newRigWithPeer(t)
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if _, err := r.writer.Do(t.Context(), incr("a")); err != nil {
			return err.Error()
		}
		return ""
	})
	waitDoubt(t, r, region.Empty)
	r.claim(0, region.Checksum{})
	waitDoubt(t, r, region.NoDoubt)
}

func waitDoubt(t *testing.T, r *rig, want region.Doubt) {
	t.Helper()
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if l := r.tracker.Local(); l == nil || l.Doubt != want {
			return fmt.Sprintf("the writer says %+v, want doubt %d", l, want)
		}
		return ""
	})
}

// standstill makes the next transaction of the writer take six seconds.
const standstill = `
	create table once as select 1 as n;
	create function stand_still() returns trigger language plpgsql as $$
	begin
		delete from once;
		if found then
			perform pg_sleep(6);
		end if;
		return new;
	end $$;
	create trigger stand_still before update on log_head for each row execute function stand_still()`

// A writer that stood still asks its peers again before it goes on with the log: another
// process may have taken it over from a copy.
func TestEpoch_AWriterThatStoodStillAsksAgain(t *testing.T) {
	r := newRigWithPeer(t)
	r.claim(0, region.Checksum{})
	r.waitProven(t)
	r.write(t)
	if _, err := r.sql(t).Exec(t.Context(), standstill); err != nil {
		t.Fatal(err)
	}
	r.write(t) // takes six seconds
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if r.tracker.Local().Proven {
			return "the log is proven though nobody was asked"
		}
		return ""
	})
	r.claim(2, r.tracker.Local().Head.Checksum)
	r.waitProven(t)
	if p := r.write(t).Position; p.Origin != us || p.Seq != 3 {
		t.Errorf("the next write is %v", p)
	}
}
