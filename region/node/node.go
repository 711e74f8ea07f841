package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/google/uuid"
	"github.com/oklog/run"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"pangea/applier"
	"pangea/region/api"
	"pangea/region/handles"
	"pangea/region/position"
	"pangea/region/seed"
	"pangea/region/store"
	"pangea/region/stream"
	"pangea/region/topology"
	"pangea/region/writer"
	"pangea/shipper"
)

// Node is one region. Create it with New, then call Run once.
type Node struct {
	cfg        Config
	started    time.Time
	clock      *clock
	registry   *prometheus.Registry
	store      *store.Store
	tracker    *position.Tracker
	writer     *writer.Writer
	stream     home
	peers      []*stream.Peer
	appliers   []*applier.Applier
	relay      *applier.Relay
	seeder     *seed.Seeder
	shipper    *shipper.Shipper
	keeper     *keeper
	remembered bool // the peers, by keeper
	handles    *handles.Handles
	listener   net.Listener
	api        *api.API
}

// New opens what the region needs and binds its addresses. It does not wait for the
// database or for a peer. Close, or Run, releases everything.
func New(ctx context.Context, cfg Config) (_ *Node, err error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	n := &Node{cfg: cfg, started: time.Now(), clock: newClock(cfg), registry: prometheus.NewRegistry()}
	n.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	defer func() {
		if err != nil {
			n.Close()
		}
	}()
	for _, open := range []func(context.Context) error{n.openState, n.openLog, n.openPeers, n.openRelay, n.openSeed, n.openAPI} {
		if err := open(ctx); err != nil {
			return nil, err
		}
	}
	n.keeper = newKeeper(n)
	n.registry.MustRegister(newCollector(n))
	return n, nil
}

// openState prepares the database, who writes it and who knows what is in it.
func (n *Node) openState(ctx context.Context) (err error) {
	n.store, err = store.Open(ctx, store.Config{
		DSN: n.cfg.DSN, PasswordFile: n.cfg.PasswordFile, Region: n.cfg.Region, PartitionEntries: n.cfg.PartitionEntries,
	})
	if err != nil {
		return err
	}
	n.tracker = position.New(n.cfg.Region, uuid.NewString(), n.clock.now)
	for _, peer := range n.cfg.Topology.Peers(n.cfg.Region) {
		n.tracker.Register(peer)
	}
	guards := n.cfg.Topology.Guards
	if guards.ReadinessOff() {
		n.tracker.Unguard()
	}
	c := n.cfg.Writer
	c.Region, c.Now, c.Clock = n.cfg.Region, n.clock.now, n.cfg.Clock
	c.Logger, c.Registerer, c.Evidence = n.cfg.Logger, n.registry, n.evidence
	c.IgnoreDeps = guards.CausalWaitOff()
	n.writer, err = writer.New(c, n.store, n.tracker)
	return err
}

// openPeers connects to the peers, each across its link, and prepares to read them.
func (n *Node) openPeers(context.Context) error {
	for _, name := range n.cfg.Topology.Peers(n.cfg.Region) {
		peer, err := stream.Dial(stream.PeerConfig{
			Self: n.cfg.Region, Name: name, Address: n.cfg.Topology.Address(n.cfg.Region, name, topology.NATS),
			Credentials: n.cfg.Topology.NATS.Credentials[name],
			OnReport:    n.tracker.Observe, AckWait: n.cfg.AckWait, Logger: n.cfg.Logger,
		})
		if err != nil {
			return err
		}
		n.peers = append(n.peers, peer)
		c := applier.Config{Peer: name, Address: n.address, Head: n.tracker.Head, Logger: n.cfg.Logger}
		a, err := applier.New(c, peer, n.writer, n.registry)
		if err != nil {
			return err
		}
		n.appliers = append(n.appliers, a)
	}
	return nil
}

// openRelay prepares to read what no peer's own stream brings.
func (n *Node) openRelay(context.Context) (err error) {
	c := applier.RelayConfig{Address: n.address, Peers: n.cfg.Topology.Peers(n.cfg.Region), Logger: n.cfg.Logger}
	if relay := n.cfg.Topology.Relay; relay.Enabled {
		c.After = relay.After
	}
	n.relay, err = applier.NewRelay(c, n.writer, n.tracker, n.registry)
	return err
}

// openSeed prepares to join a snapshot, for when the logs do not lead to the present.
func (n *Node) openSeed(context.Context) (err error) {
	n.seeder, err = seed.New(seed.Config{
		Region: n.cfg.Region, Address: n.address, Registerer: n.registry, Logger: n.cfg.Logger,
	}, n.tracker, n.writer)
	return err
}

// address is where a region's HTTP interface is reached from here.
func (n *Node) address(name string) string {
	return n.cfg.Topology.Address(n.cfg.Region, name, topology.HTTP)
}

func (n *Node) openAPI(context.Context) error {
	var err error
	n.handles, err = handles.New(
		handles.Config{Region: n.cfg.Region, Topology: n.cfg.Topology, Registerer: n.registry},
		handles.Parts{Writer: n.writer, Reader: n.store, Positions: n.tracker})
	if err != nil {
		return err
	}
	n.api, err = api.New(api.Config{
		Region: n.cfg.Region, Topology: n.cfg.Topology, OnGap: n.shipper.Check,
		Registerer: n.registry, Gatherer: n.registry, Logger: n.cfg.Logger,
	}, api.Parts{
		Writer: n.writer, Reader: n.store, Positions: n.tracker, Handles: n.handles, Books: n.store, Log: n.store.Log,
		Snapshot: n.donate, Status: n.Status,
	})
	if err != nil {
		return err
	}
	self, err := n.cfg.Topology.Region(n.cfg.Region)
	if err != nil {
		return err
	}
	if n.listener, err = net.Listen("tcp", self.HTTP); err != nil {
		return fmt.Errorf("listen for HTTP: %w", err)
	}
	return nil
}

// Run works until ctx is cancelled, which is a clean stop, or until something ends
// that cannot go on. Everything is closed when it returns.
func (n *Node) Run(ctx context.Context) error {
	defer n.Close()
	if off := n.cfg.Topology.Guards.Off(); len(off) > 0 {
		n.cfg.Logger.Warn("guards are off, which is for experiments: clients may read what is stale or out of order", "guards", off)
	}
	var g run.Group
	add := func(loop func(context.Context) error) {
		ctx, cancel := context.WithCancel(ctx)
		g.Add(func() error { return loop(ctx) }, func(error) { cancel() })
	}
	add(func(ctx context.Context) error { return n.api.Run(ctx, n.listener) })
	add(n.writer.Run)
	add(n.ship)
	for _, a := range n.appliers {
		add(a.Run)
	}
	add(n.relay.Run)
	add(n.seeder.Run)
	add(func(ctx context.Context) error { return n.tracker.Report(ctx, n.stream) })
	add(n.keeper.run)
	add(n.clock.run)
	return g.Run()
}

// waitOpen returns once the writer has opened the database; false if ctx ended.
func (n *Node) waitOpen(ctx context.Context) bool { return n.tracker.WaitApplied(ctx, nil) == nil }

// rememberPeers takes over what the database knows of the peers, once.
func (n *Node) rememberPeers(ctx context.Context) error {
	if n.remembered {
		return nil
	}
	peers, err := n.store.Peers(ctx, n.cfg.Topology.Peers(n.cfg.Region))
	if err != nil {
		return err
	}
	for _, p := range peers {
		n.tracker.Remember(p.Region, p.Registered, p.Reported, p.Stored, p.Applied)
	}
	n.remembered = true
	return nil
}

// Close releases everything. Run calls it; it is for a node that was never run.
func (n *Node) Close() {
	if n.listener != nil {
		_ = n.listener.Close()
	}
	for _, p := range n.peers {
		p.Close()
	}
	if n.handles != nil {
		n.handles.Close()
	}
	if n.stream != nil {
		if err := n.stream.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			n.cfg.Logger.Warn("close the stream", "err", err)
		}
	}
	if n.store != nil {
		n.store.Close()
	}
}
