package contract

import (
	"context"
	"sync"

	"pangea/crdt"
	"pangea/region"
)

// Memory is one region's state in maps. It is the writer, the reader, the positions
// and the books of an API.
type Memory struct {
	self crdt.Origin

	mu      sync.Mutex
	vector  crdt.Vector
	changed chan struct{} // closed when the vector, or what peers store, moves on
	stored  uint64        // of this region's log, at storing peers
	storing int
	trouble Trouble

	profiles map[string]string
	counters map[string]crdt.Counter
	tags     map[string]map[string]bool
	prefs    map[string]map[string]string
	handles  map[string]holder
	once     map[string]done
}

type holder struct {
	claimant string
	at       region.Position
}

type done struct {
	hash   region.Checksum
	result region.Result
}

// Trouble is what a test makes a Memory suffer from.
type Trouble struct {
	NotReady    string   // the reason, or "" for ready
	ReadError   error    // of every read
	WriteError  error    // of every write, before it has an effect
	Registered  int      // peers
	Unreachable []string // regions not heard of
}

// NewMemory returns an empty region with no peers.
func NewMemory(name string) *Memory {
	return &Memory{
		self: crdt.Origin{Region: name, Epoch: 1}, vector: crdt.Vector{}, changed: make(chan struct{}),
		profiles: map[string]string{}, counters: map[string]crdt.Counter{}, tags: map[string]map[string]bool{},
		prefs: map[string]map[string]string{}, handles: map[string]holder{}, once: map[string]done{},
	}
}

// Suffer replaces the trouble that m is in.
func (m *Memory) Suffer(t Trouble) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.trouble = t
}

// Apply makes m have applied v, as if it had come from peers.
func (m *Memory) Apply(v crdt.Vector) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.vector = m.vector.Clone()
	m.vector.Join(v)
	m.wake()
}

// Acknowledge makes so many peers store m's log up to seq.
func (m *Memory) Acknowledge(seq uint64, peers int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stored, m.storing = seq, peers
	m.wake()
}

func (m *Memory) wake() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// Do performs one write.
func (m *Memory) Do(_ context.Context, w region.Write) (region.Result, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.trouble.WriteError != nil {
		return region.Result{}, m.trouble.WriteError
	}
	if d, ok := m.once[w.Once.Key]; ok && w.Once.Key != "" {
		if d.hash != w.Once.Hash {
			return region.Result{}, region.ErrReused
		}
		d.result.Replayed = true
		return d.result, nil
	}
	result, err := m.perform(w)
	if err != nil {
		return result, err
	}
	if w.Once.Key != "" {
		m.once[w.Once.Key] = done{w.Once.Hash, result}
	}
	return result, nil
}

// DoAll performs writes one after the other.
func (m *Memory) DoAll(ctx context.Context, ws []region.Write) ([]region.Result, []error) {
	results, errs := make([]region.Result, len(ws)), make([]error, len(ws))
	for i, w := range ws {
		results[i], errs[i] = m.Do(ctx, w)
	}
	return results, errs
}

func (m *Memory) perform(w region.Write) (region.Result, error) {
	if w.Op.Class() == region.Handle {
		return m.decide(w), nil
	}
	r := region.Result{Outcome: region.Done}
	switch w.Op {
	case region.PutProfile:
		m.profiles[w.Key] = w.Value
	case region.IncrCounter:
		c := m.counters[w.Key]
		if c == nil {
			c = crdt.Counter{}
			m.counters[w.Key] = c
		}
		pn, ok := c.Add(m.self, w.By)
		if !ok {
			return r, region.ErrOverflow
		}
		c[m.self] = pn
		r.Value = c.Value().String()
	case region.AddTag:
		set(m.tags, w.Key)[w.Member] = true
	case region.RemoveTag:
		if !m.tags[w.Key][w.Member] { // nothing to write
			r.Vector = m.vector
			return r, nil
		}
		delete(m.tags[w.Key], w.Member)
	case region.PatchPrefs:
		for _, f := range w.Fields {
			set(m.prefs, w.Key)[f.Name] = f.Value // removed: ""
		}
	}
	r.Position = m.commit()
	r.Vector = m.vector
	return r, nil
}

func set[V any](of map[string]map[string]V, key string) map[string]V {
	if of[key] == nil {
		of[key] = map[string]V{}
	}
	return of[key]
}

func (m *Memory) commit() region.Position {
	m.vector = m.vector.Clone()
	m.vector[m.self]++
	return region.Position{Origin: m.self, Seq: m.vector[m.self]}
}

func (m *Memory) decide(w region.Write) region.Result {
	row := m.handles[w.Key]
	r := region.Result{Value: row.claimant, Position: row.at, Vector: m.vector}
	claim := w.Op == region.ClaimHandle
	switch {
	case row.claimant == "" && !claim:
		r.Outcome = region.Free
		return r
	case row.claimant != "" && row.claimant != w.Value:
		r.Outcome = region.Taken
		return r
	case row.claimant == w.Value && claim:
		r.Outcome = region.Same
		return r
	case claim:
		r.Outcome, r.Value = region.Created, w.Value
	default:
		r.Outcome, r.Value = region.Done, ""
	}
	r.Position = m.commit()
	r.Vector = m.vector
	m.handles[w.Key] = holder{r.Value, r.Position}
	return r
}
