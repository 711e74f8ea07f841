package stream

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pangea/region"
)

// ErrNoQuorum means that too few of the servers that keep a stream work. It says nothing
// of what is in it; when they are back it goes on.
var ErrNoQuorum = errors.New("most replicas of the stream are missing")

// silent is for how long a replica may not have been heard by its leader, which hears
// each of them once a second.
const silent = 5 * time.Second

// ClusterConfig describes the NATS cluster that keeps a region's log.
type ClusterConfig struct {
	Region string
	// URL names servers: nats://a:4222,nats://b:4222. They may name others.
	URL string
	// Credentials is a file, if the cluster asks for one: as `nsc generate creds` makes it.
	Credentials string
	// Replicas is on how many servers the stream is kept. Defaults to 3.
	Replicas int
	// StreamBytes bounds the stream; its oldest entries go first. Defaults to 2 GiB.
	StreamBytes int64
	// Logger defaults to slog.Default().
	Logger *slog.Logger
}

func (c ClusterConfig) withDefaults() ClusterConfig {
	c.Replicas = cmp.Or(c.Replicas, 3)
	c.StreamBytes = cmp.Or(c.StreamBytes, 2<<30)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	return c
}

func (c ClusterConfig) validate() error {
	if c.Region == "" || c.URL == "" {
		return errors.New("stream: Region and URL must be set")
	}
	if c.StreamBytes < 4*region.MaxEntry {
		return fmt.Errorf("stream: StreamBytes is %d, want at least %d", c.StreamBytes, 4*region.MaxEntry)
	}
	return nil
}

// Cluster is a region's connection to the NATS cluster that keeps its log. It reconnects
// until it is closed, to whichever server answers.
type Cluster struct {
	home
	cfg    ClusterConfig
	closed chan struct{}

	mu       sync.Mutex
	refusals int // of servers in a row
}

// Join starts to connect to a cluster. It returns at once, connected or not.
func Join(cfg ClusterConfig) (*Cluster, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	c := &Cluster{cfg: cfg, closed: make(chan struct{})}
	// A server that is killed takes acknowledgements with it: what is under way longer
	// than that is asked for at the next leader, who is elected after 4 to 9 s at most.
	c.region, c.storage = cfg.Region, storage{maxBytes: cfg.StreamBytes, replicas: cfg.Replicas, patience: 3 * time.Second}
	var err error
	if c.conn, err = nats.Connect(cfg.URL, c.options()...); err != nil {
		return nil, fmt.Errorf("connect to the NATS cluster of %s: %w", cfg.Region, err)
	}
	return c, nil
}

// options never give up. Nothing is buffered while no server is connected: an old entry
// must not be published late.
func (c *Cluster) options() []nats.Option {
	return append(identity(c.cfg.Region, c.cfg.Credentials),
		nats.Timeout(2*time.Second),
		nats.PingInterval(2*time.Second),
		nats.MaxPingsOutstanding(3),
		nats.ReconnectWait(250*time.Millisecond),
		nats.MaxReconnects(-1),
		nats.RetryOnFailedConnect(true),
		nats.ReconnectBufSize(-1),
		nats.ConnectHandler(func(conn *nats.Conn) { c.reached(conn) }),
		nats.ReconnectHandler(func(conn *nats.Conn) { c.reached(conn) }),
		nats.ReconnectErrHandler(c.refused),
		nats.ClosedHandler(func(*nats.Conn) { close(c.closed) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			c.cfg.Logger.Debug("NATS connection", "err", err)
		}))
}

// identity is who a client says that it is.
func identity(name, credentials string) []nats.Option {
	options := []nats.Option{nats.Name(name)}
	if credentials != "" {
		options = append(options, nats.UserCredentials(credentials))
	}
	return options
}

// reached tells that a server can be reached again, if before none could. To go from one
// server to another is no news. A callback may come before Join knows the connection.
func (c *Cluster) reached(conn *nats.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refusals >= len(conn.Servers()) {
		c.cfg.Logger.Info("the NATS cluster is in reach again", "server", conn.ConnectedUrlRedacted())
	}
	c.refusals = 0
}

// refused tells once that no server can be reached.
func (c *Cluster) refused(conn *nats.Conn, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	servers := len(conn.Servers())
	if c.refusals++; c.refusals == servers {
		c.cfg.Logger.Warn("the NATS cluster is out of reach", "servers", servers, "err", err)
	}
}

// Dir is empty: the stream's files are on other machines.
func (c *Cluster) Dir() string { return "" }

// Size is what the stream takes on one of its servers, in bytes; zero while none answers.
func (c *Cluster) Size() int64 {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	js, err := jetstream.New(c.conn)
	if err != nil {
		return 0
	}
	s, err := js.Stream(ctx, streamName(c.cfg.Region))
	if err != nil {
		return 0
	}
	return int64(s.CachedInfo().State.Bytes) //nolint:gosec // below the stream's limit
}

// Close ends the connection and waits until its callbacks are done. The stream stays.
func (c *Cluster) Close() error {
	c.conn.Close()
	<-c.closed
	return nil
}
