package handles

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/topology"
)

// Errors of a request for a handle.
var (
	ErrOwnerAway       = errors.New("the region that owns the handle cannot be asked now")
	ErrNotOwner        = errors.New("this region does not own the handle")
	ErrNotAcknowledged = errors.New("no peer has stored the entry in time")
)

// Writer commits claims and releases.
type Writer interface {
	Do(ctx context.Context, w region.Write) (region.Result, error)
}

// Reader reads the local copy of a handle. ok tells that a row exists; an empty
// claimant, that it was released by the entry at.
type Reader interface {
	Handle(ctx context.Context, name string) (claimant string, at region.Position, ok bool, err error)
}

// Positions knows what this region and its peers hold.
type Positions interface {
	Vector() crdt.Vector
	WaitApplied(ctx context.Context, v crdt.Vector) error
	WaitStored(ctx context.Context, v crdt.Vector, all bool) error
	Registered() int
	Reachable(region string) bool
	// Sound reports whether all that this region ever decided can be known to it.
	Sound() bool
}

// Config says where this region is in the world.
type Config struct {
	Region   string
	Topology *topology.Topology
	// Catchup bounds the wait for an owner's entry to be applied here before its
	// answer is relayed. Defaults to 1s.
	Catchup time.Duration
	// Patience is how long the owner may take, besides the waits that a client
	// asked for. Defaults to 3s.
	Patience time.Duration
	// Registerer takes the metrics. Defaults to none.
	Registerer prometheus.Registerer
}

// Parts are what Handles works with.
type Parts struct {
	Writer    Writer
	Reader    Reader
	Positions Positions
}

// Handles answers for the handles that this region owns, and asks their owners
// about the others.
type Handles struct {
	cfg     Config
	parts   Parts
	client  *http.Client
	metrics *metrics
}

// New checks cfg. It starts nothing.
func New(cfg Config, parts Parts) (*Handles, error) {
	if cfg.Topology == nil {
		return nil, errors.New("handles: no topology")
	}
	if _, err := cfg.Topology.Region(cfg.Region); err != nil {
		return nil, fmt.Errorf("handles: %w", err)
	}
	if parts.Writer == nil || parts.Reader == nil || parts.Positions == nil {
		return nil, errors.New("handles: writer, reader and positions are all needed")
	}
	cfg.Catchup = cmp.Or(cfg.Catchup, time.Second)
	cfg.Patience = cmp.Or(cfg.Patience, 3*time.Second)
	return &Handles{cfg: cfg, parts: parts, client: newClient(), metrics: newMetrics(cfg)}, nil
}

// Owner is the region that decides who holds the handle.
func (h *Handles) Owner(name string) string { return h.cfg.Topology.Handles.Owner(name) }

// Owns reports whether that is this region.
func (h *Handles) Owns(name string) bool { return h.Owner(name) == h.cfg.Region }

// Close lets go of idle connections to owners.
func (h *Handles) Close() { h.client.CloseIdleConnections() }

// Request is a question to the owner.
type Request struct {
	Name     string
	Claimant string
	Once     region.Idempotency
	AllPeers bool          // wait for every registered peer, not only for one
	Wait     time.Duration // how long
}

// Answer is what an owner, or a local copy, says.
type Answer struct {
	Outcome  region.Outcome // of a read: Same if it is held, Free if not
	Claimant string         // who holds the handle; empty if nobody does
	Vector   crdt.Vector
	Position region.Position // the entry that the answer rests on
	Replayed bool
}

// Claim gives the handle to the claimant, if nobody else holds it.
func (h *Handles) Claim(ctx context.Context, req Request) (Answer, error) {
	return h.decide(ctx, region.ClaimHandle, req)
}

// Release frees the handle, if the claimant holds it.
func (h *Handles) Release(ctx context.Context, req Request) (Answer, error) {
	return h.decide(ctx, region.ReleaseHandle, req)
}

func (h *Handles) decide(ctx context.Context, op region.Op, req Request) (Answer, error) {
	if err := h.entitled(req.Name); err != nil {
		return Answer{}, err
	}
	result, err := h.parts.Writer.Do(ctx, region.Write{Op: op, Key: req.Name, Value: req.Claimant, Once: req.Once})
	if err != nil {
		return Answer{}, err
	}
	a := Answer{
		Outcome: result.Outcome, Claimant: result.Value, Vector: result.Vector,
		Position: result.Position, Replayed: result.Replayed,
	}
	return a, h.secure(ctx, a.Position, req)
}

// entitled reports whether this region may decide. An owner that lost its database may
// not before every peer has said what it had decided (I10).
func (h *Handles) entitled(name string) error {
	switch {
	case !h.Owns(name):
		return ErrNotOwner
	case !h.parts.Positions.Sound():
		return fmt.Errorf("%w: it lost its database, and waits to hear from every peer what it had decided", region.ErrUnavailable)
	}
	return nil
}

// Get reads the handle at its owner.
func (h *Handles) Get(ctx context.Context, req Request) (Answer, error) {
	if err := h.entitled(req.Name); err != nil {
		return Answer{}, err
	}
	a, err := h.Peek(ctx, req.Name)
	if err != nil {
		return Answer{}, err
	}
	return a, h.secure(ctx, a.Position, req)
}

// Peek reads the local copy, which may be stale if another region owns the handle.
func (h *Handles) Peek(ctx context.Context, name string) (Answer, error) {
	a := Answer{Outcome: region.Free, Vector: h.parts.Positions.Vector()}
	claimant, at, ok, err := h.parts.Reader.Handle(ctx, name)
	if err != nil {
		return Answer{}, fmt.Errorf("read handle %q: %w", name, err)
	}
	if ok {
		a.Claimant, a.Position = claimant, at
	}
	if claimant != "" {
		a.Outcome = region.Same
	}
	return a, nil
}

// secure waits until the loss of this region could not undo the entry at p. While no peer is
// registered there is nobody to wait for: handles would be gone with the peers.
func (h *Handles) secure(ctx context.Context, p region.Position, req Request) error {
	if p == (region.Position{}) || h.parts.Positions.Registered() == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, req.Wait)
	defer cancel()
	if err := h.parts.Positions.WaitStored(ctx, crdt.Vector{p.Origin: p.Seq}, req.AllPeers); err != nil {
		return fmt.Errorf("%w: %w", ErrNotAcknowledged, err)
	}
	return nil
}
