package stream

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pangea/crdt"
	"pangea/region"
)

// PeerConfig describes the connection of one region to another's server.
type PeerConfig struct {
	Self    string // the region that reads
	Name    string // the region that is read
	Address string // host:port of its server, or of the link to it; for a cluster the URL of all
	// Credentials is a file, if the peer's cluster asks for one.
	Credentials string
	// OnReport gets each report of the peer, one at a time. While it is busy a few
	// wait; more are dropped.
	OnReport func(region.Report)
	// AckWait is after how long the peer sends an entry again that was not
	// acknowledged. Defaults to 1 minute.
	AckWait time.Duration
	Logger  *slog.Logger // Defaults to slog.Default()
}

// Peer is the connection to a peer's server. It reconnects until it is closed.
type Peer struct {
	cfg    PeerConfig
	conn   *nats.Conn
	js     jetstream.JetStream
	closed chan struct{}

	mu   sync.Mutex
	up   chan struct{}      // closed while connected
	link context.Context    // ends with the connection
	cut  context.CancelFunc // ends link
}

// connectTimeout covers the handshake too, which takes 2.5 round trips.
const connectTimeout = 5 * time.Second

// dialer refuses the first time, once for each server. NATS then connects in the
// background; it would hold up Dial, and so the start of a region, until a silent link
// has timed out.
type dialer struct{ refusals int }

func (d *dialer) Dial(network, address string) (net.Conn, error) {
	if d.refusals > 0 {
		d.refusals--
		return nil, errNotYet
	}
	return net.DialTimeout(network, address, connectTimeout)
}

var errNotYet = errors.New("not yet")

// State is what a peer's stream holds: the entries First to Last of Origin's log.
// It holds none if First is Last+1.
type State struct {
	Origin      crdt.Origin
	First, Last uint64
}

// ErrNoLog means that the peer has no stream that it offers: it starts, or rebuilds it.
var ErrNoLog = errors.New("the peer's stream is missing")

// Dial starts to connect to a peer. It returns at once, connected or not: Up tells.
func Dial(cfg PeerConfig) (*Peer, error) {
	cfg.Logger, cfg.AckWait = cmp.Or(cfg.Logger, slog.Default()), cmp.Or(cfg.AckWait, time.Minute)
	p := &Peer{cfg: cfg, closed: make(chan struct{}), up: make(chan struct{})}
	var err error
	if p.conn, err = nats.Connect(cfg.Address, p.options()...); err != nil {
		return nil, fmt.Errorf("connect to %s at %s: %w", cfg.Name, cfg.Address, err)
	}
	if p.js, err = jetstream.New(p.conn); err == nil {
		err = p.subscribe()
	}
	if err != nil {
		p.Close()
		return nil, fmt.Errorf("read the reports of %s: %w", cfg.Name, err)
	}
	return p, nil
}

// options find a dead link within seconds and never give up. Nothing is buffered
// while the link is down: an old acknowledgement or pull must not be replayed.
func (p *Peer) options() []nats.Option {
	servers := strings.Count(p.cfg.Address, ",") + 1
	return append(identity(p.cfg.Self, p.cfg.Credentials),
		nats.Timeout(connectTimeout),
		nats.SetCustomDialer(&dialer{refusals: servers}),
		nats.PingInterval(2*time.Second),
		nats.MaxPingsOutstanding(3),
		nats.ReconnectWait(250*time.Millisecond),
		nats.ReconnectJitter(100*time.Millisecond, 100*time.Millisecond),
		nats.MaxReconnects(-1),
		nats.RetryOnFailedConnect(true),
		nats.ReconnectBufSize(-1),
		nats.IgnoreDiscoveredServers(), // the link must not be bypassed
		nats.FlusherTimeout(5*time.Second),
		nats.NoEcho(),
		nats.ConnectHandler(func(*nats.Conn) { p.connected() }),
		nats.ReconnectHandler(func(*nats.Conn) { p.connected() }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { p.disconnected(err) }),
		nats.ClosedHandler(func(*nats.Conn) { close(p.closed) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			p.cfg.Logger.Debug("NATS connection", "peer", p.cfg.Name, "err", err)
		}))
}

func (p *Peer) connected() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cut != nil {
		return
	}
	p.link, p.cut = context.WithCancel(context.Background())
	close(p.up)
	p.cfg.Logger.Info("link is up", "peer", p.cfg.Name)
}

func (p *Peer) disconnected(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cut == nil {
		return
	}
	p.cut()
	p.cut, p.up = nil, make(chan struct{})
	p.cfg.Logger.Info("link is down", "peer", p.cfg.Name, "err", err)
}

// Name is the region that is read.
func (p *Peer) Name() string { return p.cfg.Name }

// Up is closed while the link is connected. Ask again after it went down.
func (p *Peer) Up() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.up
}

// during is a context that ends with ctx or, because of ErrLinkLost, with the present
// connection: an answer to what was asked on it will never come.
func (p *Peer) during(ctx context.Context) (context.Context, context.CancelFunc, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cut == nil {
		return nil, nil, ErrLinkLost
	}
	ctx, end := context.WithCancelCause(ctx)
	unlink := context.AfterFunc(p.link, func() { end(ErrLinkLost) })
	return ctx, func() { unlink(); end(nil) }, nil
}

// failed is the error of an operation on the peer's stream. Without a connection
// that is the reason, whatever NATS says.
func (p *Peer) failed(ctx context.Context, what string, err error) error {
	if context.Cause(ctx) == ErrLinkLost || !p.conn.IsConnected() {
		return ErrLinkLost
	}
	return fmt.Errorf("%s the stream of %s: %w", what, p.cfg.Name, err)
}

// Close ends the connection and waits until its callbacks are done.
func (p *Peer) Close() {
	p.conn.Close()
	<-p.closed
	p.disconnected(nil)
}

// State asks the peer for the state of its stream.
func (p *Peer) State(ctx context.Context) (State, error) {
	ctx, end, err := p.during(ctx)
	if err != nil {
		return State{}, err
	}
	defer end()
	s, err := p.js.Stream(ctx, streamName(p.cfg.Name))
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return State{}, ErrNoLog
	}
	if err != nil {
		return State{}, p.failed(ctx, "look up", err)
	}
	info := s.CachedInfo()
	origin, refill := holds(p.cfg.Name, info.Config.Metadata)
	if refill {
		return State{}, fmt.Errorf("%w: it is being rebuilt", ErrNoLog)
	}
	if origin == (crdt.Origin{}) {
		return State{}, fmt.Errorf("%w: it does not say of which epoch it is", ErrNoLog)
	}
	return State{
		Origin: origin,
		// JetStream gives an empty stream that never held a message first 0.
		First: max(1, info.State.FirstSeq),
		Last:  info.State.LastSeq,
	}, nil
}

// subscribe hands reports over on a goroutine of their own, so that a slow reader
// of reports never holds up the log.
func (p *Peer) subscribe() error {
	sub, err := p.conn.Subscribe(reportSubject(p.cfg.Name), func(m *nats.Msg) {
		r, err := decodeReport(m.Data)
		if err != nil {
			p.cfg.Logger.Warn("dropped a report that cannot be read", "peer", p.cfg.Name, "err", err)
			return
		}
		if p.cfg.OnReport != nil {
			p.cfg.OnReport(r)
		}
	})
	if err != nil {
		return err
	}
	return sub.SetPendingLimits(16, 1<<20)
}
