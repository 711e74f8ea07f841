package node

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"syscall"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
	"pangea/region/store"
	"pangea/region/topology"
)

// Names of what grows.
const (
	outboxSpace      = "outbox"
	inboxSpace       = "inbox"
	streamSpace      = "stream"
	conflictsSpace   = "conflicts"
	idempotencySpace = "idempotency"
	tombstonesSpace  = "tombstones"
	databaseSpace    = "database"
	walSpace         = "wal"
	diskSpace        = "disk"
)

// measurement is what one sweep found, before it collects.
type measurement struct {
	own    crdt.Origin
	stored crdt.Vector
	floors crdt.Vector
	logs   map[crdt.Origin]int64 // bytes
	rows   store.Counts
	sizes  store.Sizes
	disk   *syscall.Statfs_t // of the stream; nil if that is on other machines
	peers  []position.PeerState
	held   map[string]int64   // bytes, by peer
	gain   map[string]float64 // the same, a second
}

// measure finds out what there is, who must go, and what that leaves.
func (k *keeper) measure(ctx context.Context) error {
	m, err := k.read(ctx)
	if err != nil {
		return err
	}
	k.register(m)
	m.peers = k.node.tracker.Peers()
	spaces := k.describe(m)
	k.then = k.node.tracker.Local().Applied
	k.mu.Lock()
	defer k.mu.Unlock()
	k.spaces, k.held, k.written = spaces, m.held, m.sizes.Written
	return nil
}

// space is what was last measured, and what is kept for each peer.
func (k *keeper) space() ([]region.Space, map[string]int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.spaces, k.held
}

// walWritten is how many bytes the database had written to its log when it was last
// measured.
func (k *keeper) walWritten() int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.written
}

func (k *keeper) read(ctx context.Context) (_ *measurement, err error) {
	local := k.node.tracker.Local()
	m := &measurement{
		own: local.Origin, stored: local.Stored, logs: map[crdt.Origin]int64{},
		peers: k.node.tracker.Peers(), held: map[string]int64{}, gain: map[string]float64{},
	}
	if m.floors, err = k.node.store.Floors(ctx); err != nil {
		return nil, err
	}
	for log := range local.Stored {
		if m.logs[log], err = k.node.store.LogSize(ctx, log); err != nil {
			return nil, err
		}
	}
	if m.rows, err = k.node.store.Counts(ctx); err != nil {
		return nil, err
	}
	if m.sizes, err = k.node.store.Sizes(ctx); err != nil {
		return nil, err
	}
	if dir := k.node.stream.Dir(); dir != "" {
		m.disk = &syscall.Statfs_t{}
		if err := syscall.Statfs(dir, m.disk); err != nil {
			return nil, fmt.Errorf("measure the disk of %s: %w", dir, err)
		}
	}
	for _, p := range m.peers {
		m.held[p.Region] = m.kept(p.Applied)
		m.gain[p.Region] = k.gain(p.Region, time.Now(), m.held[p.Region])
	}
	return m, nil
}

// describe lists what grows. Whatever is collected without regard to others does not
// run out.
func (k *keeper) describe(m *measurement) []region.Space {
	limits := k.node.cfg.Topology.Retention
	spaces := []region.Space{
		k.log(m, outboxSpace, func(log crdt.Origin) bool { return log == m.own }),
		k.log(m, inboxSpace, func(log crdt.Origin) bool { return log != m.own }),
		{
			Name: streamSpace, Size: k.node.stream.Size(), Unit: "bytes", Limit: limits.StreamBytes,
			BoundedBy: "purging its oldest entries, which the outbox keeps",
		},
		{
			Name: conflictsSpace, Size: m.rows.Conflicts, Unit: "rows", Limit: limits.Conflicts,
			BoundedBy: "deleting the oldest; the ledger keeps their sums",
		},
		{
			Name: idempotencySpace, Size: m.rows.Idempotency, Unit: "rows",
			BoundedBy: fmt.Sprintf("forgetting keys after %s", limits.Idempotency),
		},
		{
			Name: tombstonesSpace, Size: m.rows.Tombstones, Unit: "rows", BlockedBy: k.unsettled(m),
			BoundedBy: "deleting those that every region has, de-registered ones too; the last of an object stays",
		},
		{
			Name: databaseSpace, Size: m.sizes.Database, Unit: "bytes",
			BoundedBy: "what clients store, and the limits of outbox and inbox, which are part of it",
		},
	}
	if m.disk != nil {
		spaces = append(spaces, disk(m.disk))
	}
	if m.sizes.WAL >= 0 {
		spaces = append(spaces, region.Space{
			Name: walSpace, Size: m.sizes.WAL, Unit: "bytes",
			BoundedBy: "checkpoints, by max_wal_size of Postgres; not while a replication slot or an archiver lags",
		})
	}
	for i := range spaces {
		k.forecast(&spaces[i], m)
	}
	return spaces
}

func disk(s *syscall.Statfs_t) region.Space {
	free, block := int64(s.Bavail), int64(s.Bsize) //nolint:unconvert // differ by system
	used := (int64(s.Blocks) - int64(s.Bfree)) * block
	return region.Space{
		Name: diskSpace, Size: used, Unit: "bytes", Limit: used + free*block,
		BoundedBy: "the file system of the stream; when a disk is full, writes are refused until there is room",
	}
}

// log describes the logs that are of a kind.
func (k *keeper) log(m *measurement, name string, of func(crdt.Origin) bool) region.Space {
	limits := k.node.cfg.Topology.Retention
	s := region.Space{
		Name: name, Unit: "bytes", Limit: limits.PeerBytes, BlockedBy: m.blocker(k.then, of),
		BoundedBy: fmt.Sprintf("de-registering a peer for which %s of outbox and inbox are kept, or that is away for %s",
			size(limits.PeerBytes), limits.PeerAge),
	}
	for log, bytes := range m.logs {
		if of(log) {
			s.Size += bytes
		}
	}
	return s
}

// blocker is the registered peer for which most is kept, of those that have not yet
// applied what was applied here long ago.
func (m *measurement) blocker(then crdt.Vector, of func(crdt.Origin) bool) string {
	logs := slices.Collect(maps.Keys(then))
	behind := slices.DeleteFunc(slices.Clone(m.peers), func(p position.PeerState) bool {
		return !p.Registered || !slices.ContainsFunc(logs, func(log crdt.Origin) bool { return of(log) && p.Applied[log] < then[log] })
	})
	if len(behind) == 0 {
		return ""
	}
	return slices.MaxFunc(behind, func(a, b position.PeerState) int {
		return cmp.Or(cmp.Compare(m.held[a.Region], m.held[b.Region]), cmp.Compare(a.Silent, b.Silent))
	}).Region
}

func (k *keeper) unsettled(m *measurement) string {
	if m.rows.Tombstones == 0 || k.then == nil {
		return ""
	}
	return k.node.tracker.Unsettled(k.then)
}

// forecast adds how fast a store grows, and when it will be full.
func (k *keeper) forecast(s *region.Space, m *measurement) {
	if k.growth[s.Name] == nil {
		k.growth[s.Name] = &growth{}
	}
	s.GrowthPerSecond, s.RunsOutSeconds = k.growth[s.Name].add(time.Now(), s.Size), -1
	switch s.Name {
	case outboxSpace, inboxSpace:
		s.RunsOutSeconds = m.left(k.node.cfg.Topology.Retention, s.BlockedBy)
	case diskSpace:
		s.RunsOutSeconds = runsOut(s.Limit-s.Size, s.GrowthPerSecond)
	}
}

// left is how many seconds it takes until the logs are not kept for a peer any more: too
// much is, or it was away for too long. -1 if neither is coming.
func (m *measurement) left(limits topology.Retention, peer string) float64 {
	i := slices.IndexFunc(m.peers, func(p position.PeerState) bool { return p.Region == peer })
	if i < 0 {
		return -1
	}
	left := runsOut(limits.PeerBytes-m.held[peer], m.gain[peer])
	if p := m.peers[i]; !p.Reachable {
		age := max(0, limits.PeerAge-away(p)).Seconds()
		if left < 0 || age < left {
			left = age
		}
	}
	return left
}
