package position

import (
	"sync"
	"sync/atomic"
	"time"

	"pangea/crdt"
	"pangea/region"
)

// Silence is how long a peer may say nothing before it counts as unreachable, and
// how long the writer may stand still before the region is no longer fresh (I13).
const Silence = 5 * time.Second

// Local is what this region's writer last committed. It is immutable.
type Local struct {
	Origin   crdt.Origin
	Head     region.Head
	Stored   crdt.Vector // both include the own log
	Applied  crdt.Vector
	Ordinals crdt.Vector // Applied, counted in events
	Waiting  map[crdt.Origin]Waiting

	// Sums are the checksums of the logs up to Stored.
	Sums map[crdt.Origin]region.Checksum
	// Proven says that the log is this process's to go on with (I14).
	Proven bool
	// Contradicted says that something shows the database to be another than the newest
	// copy: its log will go on under a new epoch.
	Contradicted bool
	// Doubt is whether a log that this region cannot go on with may be longer than anyone
	// who was heard of knows.
	Doubt region.Doubt
}

// Waiting describes the oldest entry of a log that is stored and not applied.
type Waiting struct {
	CommittedAt time.Time       // by its origin's clock
	On          region.Position // what it waits for (I6)
	Since       time.Time       // when it was first found waiting
}

// Tracker holds the region's view of everyone's positions. It is safe for
// concurrent use.
type Tracker struct {
	self     string
	instance string // this process, as peers echo it
	now      func() time.Time

	mu      sync.Mutex
	local   *Local
	floors  crdt.Vector // first entry here of each log
	peers   map[string]*peer
	flows   map[crdt.Origin]*flow
	changed chan struct{} // closed and replaced whenever anything above changes
	fresh   freshness
	seeding seeding

	salvage salvage

	gathered   time.Time // since then every region is there, and whole; zero if not
	distrusted bool      // what the database remembers of who is registered

	answer atomic.Pointer[answer] // of Ready; nil once more is known
}

// peer is what is known of one other region.
type peer struct {
	name       string
	registered bool
	lastSeen   time.Time     // by our clock; zero if it never reported
	reported   time.Time     // the same, or what the database remembers
	report     region.Report // the last one
	stored     crdt.Vector   // highest it ever claimed
	applied    crdt.Vector
	stable     stability
	clock      clock
	marks      marks
}

// New returns a tracker for the region self. Instance names this process: no other
// may ever have the same. The clock is injected so that a skewed region is skewed
// everywhere.
func New(self, instance string, now func() time.Time) *Tracker {
	t := &Tracker{self: self, instance: instance, now: now, peers: map[string]*peer{}, flows: map[crdt.Origin]*flow{}, changed: make(chan struct{})}
	t.fresh.reset(time.Now(), now(), "starting")
	return t
}

// Register adds a peer that was not heard of yet.
func (t *Tracker) Register(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.peers[name] = &peer{name: name, registered: true, reported: time.Now(), stored: crdt.Vector{}, applied: crdt.Vector{}}
}

// Remember adds what the database knows of a peer from before.
func (t *Tracker) Remember(name string, registered bool, reported time.Time, stored, applied crdt.Vector) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.peers[name]
	if p == nil {
		return
	}
	p.registered = registered || t.distrusted
	if p.lastSeen.IsZero() { // or its own word is newer
		p.reported = reported
		p.stored.Join(stored)
		p.applied.Join(applied)
	}
	t.broadcast()
}

// Distrust registers every peer, whatever the database remembers: it is an older copy, and a
// peer that was de-registered then may have been taken back since (I10).
func (t *Tracker) Distrust() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.distrusted = true
	for _, p := range t.peers {
		p.registered = true
	}
	t.broadcast()
}

// Advance publishes what the writer has committed, and that it is alive.
func (t *Tracker) Advance(l *Local) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if was := t.local; was != nil && (was.Proven && !l.Proven || was.Contradicted && was.Origin != l.Origin) {
		t.fresh.reset(time.Now(), t.now(), "the database is another than before")
	}
	t.salvage.follow(t.local, l)
	t.local = l
	t.fresh.beat(time.Now(), t.now())
	t.settle()
	t.follow()
	t.broadcast()
}

// Beat says that the writer is alive, its database too.
func (t *Tracker) Beat() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fresh.beat(time.Now(), t.now())
}

// Observe takes a peer's report. One from an unknown region is ignored.
func (t *Tracker) Observe(r region.Report) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.peers[r.Origin.Region]
	if p == nil {
		return
	}
	received := time.Now()
	if r.Instance != p.report.Instance || t.silent(p) >= Silence {
		t.gathered = time.Time{}
	}
	if r.Instance != p.report.Instance {
		// Its database may be another than the last process's, and hold less.
		p.stored, p.applied, p.stable = crdt.Vector{}, crdt.Vector{}, stability{}
	}
	p.lastSeen, p.reported, p.report = received, received, r
	p.stored.Join(r.Stored)
	p.applied.Join(r.Applied)
	p.clock.observe(r, t.self, t.now())
	p.marks.add(r)
	p.stable.observe(r)
	t.gather()
	t.settle()
	t.follow()
	t.broadcast()
}

func (t *Tracker) broadcast() {
	t.answer.Store(nil)
	close(t.changed)
	t.changed = make(chan struct{})
}

// Local is the last committed state; nil before the writer has opened the database.
func (t *Tracker) Local() *Local {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.local
}

// Vector is what the region has applied, for the X-Version-Vector of an answer. It
// must be taken before the row is read. It is shared: read only.
func (t *Tracker) Vector() crdt.Vector {
	if l := t.Local(); l != nil {
		return l.Applied
	}
	return crdt.Vector{}
}

// Registered counts the peers whose progress holds back retention.
func (t *Tracker) Registered() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for _, p := range t.peers {
		if p.registered {
			n++
		}
	}
	return n
}

// SetRegistered changes whether a peer holds the logs back (I4). Its silence counts from
// now on.
func (t *Tracker) SetRegistered(name string, registered bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.peers[name]; p != nil {
		p.registered, p.reported = registered, time.Now()
	}
	t.broadcast()
}

// Reachable reports whether a peer was heard of within Silence.
func (t *Tracker) Reachable(name string) bool { return t.Silent(name) < Silence }

// Silent is how long ago a peer was last heard of, by the monotonic clock. For one
// that never reported it is the time since this process started.
func (t *Tracker) Silent(name string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.peers[name]
	if p == nil {
		return 0
	}
	return t.silent(p)
}

func (t *Tracker) silent(p *peer) time.Duration {
	if p.lastSeen.IsZero() {
		return time.Since(t.fresh.started)
	}
	return time.Since(p.lastSeen)
}
