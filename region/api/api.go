package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/valyala/fasthttp"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/handles"
	"pangea/region/topology"
)

// Writer commits writes. An error that wraps region.ErrUnavailable had no effect,
// one that wraps region.ErrUnknown may have had one.
type Writer interface {
	Do(ctx context.Context, w region.Write) (region.Result, error)
	// DoAll commits writes in order per key, each with its own result or error.
	DoAll(ctx context.Context, ws []region.Write) ([]region.Result, []error)
}

// Reader reads committed state. ok is false if nothing was ever written.
type Reader interface {
	Profile(ctx context.Context, key string) (value string, ok bool, err error)
	Counter(ctx context.Context, key string) (value string, err error)
	Tags(ctx context.Context, key string) ([]string, error)
	Prefs(ctx context.Context, key string) (fields []region.Field, ok bool, err error)
}

// Positions knows what this region and its peers hold.
type Positions interface {
	Vector() crdt.Vector
	WaitApplied(ctx context.Context, v crdt.Vector) error
	WaitStored(ctx context.Context, v crdt.Vector, all bool) error
	Reachable(region string) bool
	Ready() (ok bool, reason string)
}

// Books are the region's accounts of its own state. Class 0 is every class, and
// bucket -1 none.
type Books interface {
	Digest(ctx context.Context, class region.Class, bucket int) (region.Digest, error)
	Ledger(ctx context.Context) ([]region.LedgerRow, error)
	// Conflicts are the newest whose id is below before.
	Conflicts(ctx context.Context, before int64, limit int) ([]region.Conflict, error)
}

// Config says who answers, and within which bounds.
type Config struct {
	Region   string
	Topology *topology.Topology
	// Timeout bounds a request for state, besides the waits that the client asked for.
	// Defaults to 10s.
	Timeout time.Duration
	// HeadTimeout bounds how long a client may take for a request's line and headers, or
	// for the first one on a connection. Defaults to 5s.
	HeadTimeout time.Duration
	// BodyTimeout bounds how long a client may take for a body. Defaults to 30s.
	BodyTimeout time.Duration
	// WriteTimeout bounds how long a client may take for an answer. Defaults to 2m.
	WriteTimeout time.Duration
	// IdleTimeout bounds how long a connection is kept between requests. Defaults to 2m.
	IdleTimeout time.Duration
	// ChunkTimeout bounds how long a peer may take for a chunk of a snapshot, which is
	// about 64 KiB. Defaults to 30s.
	ChunkTimeout time.Duration
	// Batches bounds how many /batch bodies are held at once. Defaults to 16.
	Batches int
	// OnGap is told of an entry that a peer did not find in this region's stream.
	// Defaults to nothing.
	OnGap func(seq uint64)
	// Registerer takes the metrics, and Gatherer is what /metrics shows. They
	// default to none and to nothing.
	Registerer prometheus.Registerer
	Gatherer   prometheus.Gatherer
	// Logger hears of errors that no client can be blamed for. Defaults to silence.
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	c.Timeout = cmp.Or(c.Timeout, 10*time.Second)
	c.HeadTimeout = cmp.Or(c.HeadTimeout, 5*time.Second)
	c.BodyTimeout = cmp.Or(c.BodyTimeout, 30*time.Second)
	c.WriteTimeout = cmp.Or(c.WriteTimeout, 2*time.Minute)
	c.IdleTimeout = cmp.Or(c.IdleTimeout, 2*time.Minute)
	c.ChunkTimeout = cmp.Or(c.ChunkTimeout, 30*time.Second)
	c.Batches = cmp.Or(c.Batches, 16)
	if c.OnGap == nil {
		c.OnGap = func(uint64) {}
	}
	if c.Gatherer == nil {
		c.Gatherer = prometheus.NewRegistry()
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Parts are what the API answers from.
type Parts struct {
	Writer    Writer
	Reader    Reader
	Positions Positions
	Handles   *handles.Handles
	Books     Books
	// Log reads entries of any log that the region holds, from one on, up to about
	// maxBytes of them. region.ErrTrimmed says that the first one is no longer kept.
	Log func(ctx context.Context, origin crdt.Origin, from uint64, maxBytes int) ([]region.Record, error)
	// Snapshot writes the region's state for a peer to w, as package snapshot does. An
	// error before the first write, such as region.ErrUnavailable, is an answer; after it,
	// the peer has half a snapshot and starts over.
	Snapshot func(ctx context.Context, peer string, w io.Writer) error
	Status   func(context.Context) (region.Status, error)
}

// API answers every request to a region.
type API struct {
	Parts
	cfg       Config
	peers     []string
	routes    map[shape]*resource
	other     *resource // requests that match no route
	calls     sync.Pool
	deadlines *deadlines
	spelled   atomic.Pointer[spelled] // the last vector in an answer
	metrics   *metrics
	batches   chan struct{} // holds a value per body in memory
	donations chan struct{} // holds a value per snapshot being sent
	origins   http.CrossOriginProtection
}

// New checks cfg and parts, and registers the metrics. It starts nothing.
func New(cfg Config, parts Parts) (*API, error) {
	if cfg.Topology == nil {
		return nil, errors.New("api: no topology")
	}
	if _, err := cfg.Topology.Region(cfg.Region); err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	if parts.Writer == nil || parts.Reader == nil || parts.Positions == nil || parts.Handles == nil ||
		parts.Books == nil || parts.Log == nil || parts.Snapshot == nil || parts.Status == nil {
		return nil, errors.New("api: every part is needed")
	}
	cfg = cfg.withDefaults()
	a := &API{
		Parts: parts, cfg: cfg,
		peers:     cfg.Topology.Peers(cfg.Region),
		deadlines: newDeadlines(context.Background()),
		metrics:   newMetrics(cfg.Registerer),
		batches:   make(chan struct{}, cfg.Batches),
		donations: make(chan struct{}, maxDonations),
	}
	a.calls.New = func() any { return &call{api: a} }
	a.routes, a.other = a.table(a.metrics)
	return a, nil
}

// knows reports whether the topology has a region of that name.
func (a *API) knows(name string) bool {
	return name == a.cfg.Region || slices.Contains(a.peers, name)
}

// accountsTimeout bounds /digest and its like, which read whole tables.
const accountsTimeout = time.Minute

func (a *API) timeout(op *operation) time.Duration {
	if op.touch == accounts {
		return accountsTimeout
	}
	return a.cfg.Timeout
}

// Answer answers one request.
func (a *API) Answer(req *fasthttp.RequestCtx) {
	c := a.begin(req, req.Time())
	defer c.rescue()
	err := c.route()
	if err == nil {
		err = c.run()
	}
	if err != nil {
		c.fail(err)
	}
	if !c.streams {
		c.end()
	}
}
