package failback

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"time"

	"pangea/chaos"
	"pangea/crdt"
	"pangea/gen/client"
	"pangea/gen/tally"
	"pangea/lab/meter"
)

// Config describes a region's absence.
type Config struct {
	Away     time.Duration // how long the others change what it holds
	Subjects int           // keys in each class that they change
	Rate     float64       // operations per second of the load on all routers
	Seed     uint64
	Progress io.Writer
}

// victim is the region that goes away.
const victim = "eu"

// Finding is what came of one absence.
type Finding struct {
	Readiness bool   `json:"readiness"` // the guard was on
	Subjects  int    `json:"subjects"`
	Changed   int    `json:"changed"` // of these: every change was acknowledged
	Writes    uint64 `json:"writes"`  // acknowledged, of the load too

	Taken    uint64       `json:"taken_entries"` // of the load, that the region had committed when it was killed
	Backlog  Backlog      `json:"backlog"`
	Reads    Reads        `json:"reads"`
	Flaws    map[Flaw]int `json:"flaws"` // in the end, in all regions
	Examples []string     `json:"examples,omitempty"`

	Counters int    `json:"counters"`     // of the load, compared in every region
	Acks     uint64 `json:"acknowledged"` // increments of the load
	Open     uint64 `json:"unanswered"`   // of these that may stand or not
	Wrong    int    `json:"wrong"`        // counters that contradict what clients were told

	Planted bool    `json:"planted"` // whether what was lost, doubled and resurrected on purpose was found
	Equal   string  `json:"equal"`   // of the digests: empty if they are
	Replay  *Replay `json:"replay,omitempty"`
	LeftOut bool    `json:"replay_left_out,omitempty"` // there was nowhere to make a database
}

// Verify returns nil once all regions hold the same state, and an error if they do not in
// the end.
type Verify func(context.Context) error

// measurement is one absence, under way.
type measurement struct {
	cfg      Config
	world    *chaos.World
	clusters Clusters                  // nil: nothing is replayed
	regions  map[string]*client.Client // each asked itself
	others   []string
	subjects []*subject
	spare    *subject // for what is planted
	saved    saved    // the snapshot
	found    *Finding
}

const timeout = 10 * time.Second

// Clusters are the Postgres clusters of regions, in which databases may be left.
type Clusters interface {
	Database(region string) (*sql.DB, error)
	DSN(region string) (string, error)
}

// Measure takes the region away from a world that nobody else loads, and brings it back.
// Without clusters nothing is replayed.
func Measure(ctx context.Context, cfg Config, world *chaos.World, clusters Clusters, verify Verify) (*Finding, error) {
	m, err := newMeasurement(cfg, world, clusters)
	if err != nil {
		return nil, err
	}
	defer m.close()
	if err := m.prepare(ctx); err != nil {
		return nil, err
	}
	told, err := m.underLoad(ctx, m.awayAndBack)
	if err != nil {
		return nil, err
	}
	if err := m.settle(ctx); err != nil {
		return nil, err
	}
	if err := verify(ctx); err != nil {
		m.found.Equal = err.Error()
	}
	if err := m.compare(ctx, told); err != nil {
		return nil, err
	}
	return m.found, m.proveDetectors(ctx, told)
}

func newMeasurement(cfg Config, world *chaos.World, clusters Clusters) (*measurement, error) {
	topo := world.Topology
	m := &measurement{
		cfg: cfg, world: world, clusters: clusters, regions: map[string]*client.Client{}, others: topo.Peers(victim),
		found: &Finding{Readiness: !topo.Guards.ReadinessOff(), Subjects: cfg.Subjects, Flaws: map[Flaw]int{}, LeftOut: clusters == nil},
	}
	for _, r := range topo.Regions {
		c, err := client.New("http://"+r.HTTP, timeout)
		if err != nil {
			return nil, err
		}
		m.regions[r.Name] = c
	}
	for i := range cfg.Subjects {
		m.subjects = append(m.subjects, &subject{key: fmt.Sprintf("failback-%d-%d", cfg.Seed, i)})
	}
	m.spare = &subject{key: fmt.Sprintf("failback-%d-spare", cfg.Seed)}
	return m, nil
}

func (m *measurement) close() {
	for _, c := range m.regions {
		c.Close()
	}
	m.saved.remove()
}

func (m *measurement) tell(format string, args ...any) {
	fmt.Fprintf(m.cfg.Progress, format+"\n", args...)
}

// awayAndBack is the absence, and what comes before it and after.
func (m *measurement) awayAndBack(ctx context.Context) error {
	fault, err := m.world.Kill([]string{victim})
	if err != nil {
		return err
	}
	had, err := m.underway(ctx)
	if err != nil {
		return err
	}
	m.tell("%s is killed; for %v the others change %d subjects", victim, m.cfg.Away, m.cfg.Subjects)
	if err := fault.Inject(ctx); err != nil {
		return fmt.Errorf("%s: %w", fault.Name, err)
	}
	if err := m.change(ctx); err != nil {
		return err
	}
	target := crdt.Vector{}
	for _, name := range m.others {
		v, err := meter.Applied(m.regions[name])
		if err != nil {
			return fmt.Errorf("ask %s: %w", name, err)
		}
		target.Join(v)
	}
	return m.comeBack(ctx, fault, had, target)
}

// after is how long the region is read once it has what it lacked.
const after = time.Second

// comeBack starts the region under reads, and waits until it has what the others had then.
func (m *measurement) comeBack(ctx context.Context, fault chaos.Fault, had, target crdt.Vector) error {
	reading, stop := context.WithCancel(ctx)
	defer stop()
	begun := time.Now()
	reads, err := m.read(reading, begun)
	if err != nil {
		return err
	}
	caughtUp := m.watch(reading, begun, had, target)
	if err := fault.Heal(ctx); err != nil {
		return fmt.Errorf("%s: %w", fault.Cure, err)
	}
	ready := time.Since(begun)
	m.found.Backlog = <-caughtUp
	m.found.Backlog.Ready = ready
	if n := m.found.Backlog.left(); n > 0 {
		return fmt.Errorf("%s serves after %v, and lacks %d of %d entries after %v", victim, ready.Round(time.Millisecond), n, m.found.Backlog.Entries, drainWithin)
	}
	m.tell("%s serves after %.2f s, and has the %d entries that it lacked after %.2f s", victim, ready.Seconds(), m.found.Backlog.Entries, m.found.Backlog.Drained.Seconds())
	err = chaos.Wait(ctx, after)
	stop()
	m.found.Reads = sumUp(<-reads, m.found.Backlog.Drained)
	return err
}

// drainWithin bounds the wait for what is under way when the load ends.
const drainWithin = 2 * time.Minute

func (m *measurement) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, drainWithin)
	defer cancel()
	_, err := meter.Drain(ctx, m.world.Topology)
	return err
}

// compare looks for flaws in all regions, and in the replayed database.
func (m *measurement) compare(ctx context.Context, told *tally.Tally) error {
	m.tell("comparing %d subjects and %d counters of the load in every region", m.found.Changed, len(told.Counters))
	if err := m.judge(ctx); err != nil {
		return err
	}
	report, err := m.check(ctx, told)
	if err != nil {
		return err
	}
	m.found.Counters, m.found.Acks, m.found.Open, m.found.Wrong = report.Checked, told.Acknowledged, told.Unanswered, len(report.Wrong)
	if m.saved.file == nil {
		return nil
	}
	m.found.Replay, err = m.replay(ctx)
	return err
}
