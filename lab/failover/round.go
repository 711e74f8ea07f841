package failover

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"pangea/chaos"
	"pangea/gen"
	"pangea/gen/client"
	"pangea/gen/history"
	"pangea/gen/measure"
	"pangea/gen/tally"
	"pangea/gen/workload"
	"pangea/region/topology"
)

// Round is one kill, and what clients saw of it.
type Round struct {
	Number int           `json:"round"`
	At     time.Duration `json:"at_ns"`   // after its load was asked for, which begins some 0.1 s later
	Away   time.Duration `json:"away_ns"` // until it is started again

	Gap        time.Duration `json:"gap_ns"`    // the longest that clients near it had no good answer
	GapAt      time.Duration `json:"gap_at_ns"` // when that began, after the load did
	Return     time.Duration `json:"return_ns"` // from the start until it served
	OK         uint64        `json:"ok"`
	Writes     uint64        `json:"writes"` // of these
	Refused    uint64        `json:"refused"`
	NoEffect   uint64        `json:"no_effect"`  // answered 503
	Unanswered uint64        `json:"unanswered"` // may stand or not
}

// String is a line for who waits.
func (r Round) String() string {
	return fmt.Sprintf("at %.1f s, its clients were without an answer for %.2f s; it served again %.1f s after its start; %d of %d operations unanswered",
		r.At.Seconds(), r.Gap.Seconds(), r.Return.Seconds(), r.Unanswered, r.OK+r.Refused+r.NoEffect+r.Unanswered)
}

// after is how long the load goes on once the region serves: clients move back.
const after = 2 * time.Second

// schedule draws kill i, from 0: a pure function of the seed and i.
func (c Config) schedule(i int) Round {
	r := rand.New(rand.NewPCG(c.Seed, uint64(i)))
	between := func(low, high time.Duration) time.Duration { return low + time.Duration(r.Int64N(int64(high-low))) }
	return Round{Number: i + 1, At: between(2*time.Second, 4*time.Second), Away: between(2*time.Second, 4*time.Second)}
}

// round fills r in, adds what clients were told of counters, and returns the history of its
// load, which it leaves in dir.
func (c Config) round(ctx context.Context, world *chaos.World, r *Round, told *tally.Tally, dir string) (*history.History, error) {
	same, err := c.same(ctx, r.Number, world.Topology)
	if err != nil {
		return nil, err
	}
	told.Merge(same)
	load, err := c.load(r.Number, world.Topology)
	if err != nil {
		return nil, err
	}
	loading, stop := context.WithCancel(ctx)
	defer stop()
	var result *gen.Result
	recording, recorded := errgroup.WithContext(loading)
	recording.Go(func() (err error) {
		result, err = load.Record(loading, dir)
		return err
	})
	if chaos.Wait(recorded, r.At) == nil { // nothing is killed when nothing is recorded
		err = c.kill(ctx, world, r)
	}
	stop()
	if err = errors.Join(recording.Wait(), err, ctx.Err()); err != nil {
		return nil, err
	}
	told.Merge(result.Tally)
	if err := r.take(result.Report); err != nil {
		return nil, err
	}
	return history.Read(dir)
}

// take keeps what matters here of what clients saw.
func (r *Round) take(report *measure.Report) error {
	total := report.Total
	r.OK, r.Writes, r.Refused, r.NoEffect, r.Unanswered = total.OK, report.Writes.OK, total.Refused, total.Unavailable, total.Unanswered
	i := slices.IndexFunc(report.Places, func(p measure.Place) bool { return p.Name == victim })
	if i < 0 {
		return fmt.Errorf("the load had no clients near %s", victim)
	}
	r.Gap, r.GapAt = report.Places[i].LongestGap.Length, report.Places[i].LongestGap.At
	return nil
}

// errAway: a kill would be of a region that nobody uses.
var errAway = errors.New("nobody would notice a kill")

// homeWithin bounds the wait for clients that were moved away in the round before.
const homeWithin = 30 * time.Second

// home waits until the router near the region sends its clients there, by the policy that
// the topology asks for: a kill of a region that nobody uses would show nothing.
func home(ctx context.Context, t *topology.Topology) error {
	r, err := t.Region(victim)
	if err != nil {
		return err
	}
	c, err := client.New("http://"+r.Router, 5*time.Second)
	if err != nil {
		return err
	}
	defer c.Close()
	want := policy(t)
	for begun := time.Now(); ; {
		var body bytes.Buffer
		var status struct{ Current, Policy string }
		_, err := c.Do(client.Request{Method: http.MethodGet, Path: "/router/status"}, &body)
		if err == nil {
			err = json.Unmarshal(body.Bytes(), &status)
		}
		if err == nil && status.Current == victim && status.Policy == want {
			return nil
		}
		if time.Since(begun) > homeWithin {
			return fmt.Errorf("the clients near %s are at %q by policy %q, want at %s by %s: %w", victim, status.Current, status.Policy, victim, want, errAway)
		}
		if err := chaos.Wait(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
}

// kill takes the region away and brings it back, while the load goes on.
func (c Config) kill(ctx context.Context, world *chaos.World, r *Round) error {
	fault, err := world.Kill([]string{victim})
	if err != nil {
		return err
	}
	if err := home(ctx, world.Topology); err != nil {
		return err
	}
	if err := fault.Inject(ctx); err != nil {
		return fmt.Errorf("%s: %w", fault.Name, err)
	}
	if err := chaos.Wait(ctx, r.Away); err != nil {
		return err
	}
	started := time.Now()
	if err := fault.Heal(ctx); err != nil {
		return fmt.Errorf("%s: %w", fault.Cure, err)
	}
	r.Return = time.Since(started)
	return chaos.Wait(ctx, after)
}

func (c Config) load(round int, t *topology.Topology) (*gen.Load, error) {
	mix, err := workload.ParseMix(workload.WholeMix)
	if err != nil {
		return nil, err
	}
	return gen.New(gen.Config{
		Workload: workload.Config{Seed: c.Seed + uint64(round), Keys: 10_000_000, Zipf: 1.1, Mix: mix, Reads: 20, Prefix: fmt.Sprintf("failover-%s-%d-%d-", policy(t), c.Seed, round)},
		Rate:     c.Rate, Duration: 5 * time.Minute, Timeout: 5 * time.Second, // it is stopped before
		Places: gen.Routers(t), Regions: gen.Regions(t),
	})
}
