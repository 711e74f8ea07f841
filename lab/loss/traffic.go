package loss

import (
	"context"
	"fmt"
	"sync"
	"time"

	"pangea/gen"
	"pangea/gen/client"
	"pangea/gen/workload"
)

// timeout of one request. Whoever takes longer has given no answer.
const timeout = 5 * time.Second

// traffic is the load on the routers, and a probe of each region.
type traffic struct {
	load   *gen.Result // once stopped
	cancel context.CancelFunc
	done   sync.WaitGroup
}

func (e *Experiment) start(ctx context.Context, round int) (*traffic, error) {
	load, err := e.load(round)
	if err != nil {
		return nil, err
	}
	probes, err := e.probes(round)
	if err != nil {
		return nil, err
	}
	t := &traffic{}
	ctx, t.cancel = context.WithCancel(ctx)
	t.done.Go(func() { t.load = load.Run(ctx) })
	for _, p := range probes {
		t.done.Go(func() { p.run(ctx) })
	}
	return t, nil
}

// probes is one for each region.
func (e *Experiment) probes(round int) ([]*probe, error) {
	var probes []*probe
	for _, r := range e.topo.Regions {
		c, err := client.New("http://"+r.HTTP, timeout)
		if err != nil {
			return nil, err
		}
		prefix := fmt.Sprintf("%s-%d-%s", e.id, round, r.Name)
		probes = append(probes, &probe{region: r.Name, client: c, prefix: prefix, round: round, books: e.books})
	}
	return probes, nil
}

// load is that of `gen run`, for as long as the round may last. All rounds have the
// same keys: what one leaves is what the next one changes.
func (e *Experiment) load(round int) (*gen.Load, error) {
	shares, err := workload.ParseMix(workload.WholeMix)
	if err != nil {
		return nil, err
	}
	return gen.New(gen.Config{
		Workload: workload.Config{
			Seed: e.cfg.Seed + uint64(round), Keys: 10_000_000, Zipf: 1.1, Mix: shares, Prefix: e.id + "-",
		},
		Rate: e.cfg.Rate, Duration: e.cfg.Limit, Timeout: timeout, Places: gen.Routers(e.topo),
	})
}

// stop ends the load and the probes, and waits for the answers under way.
func (t *traffic) stop() Load {
	t.cancel()
	t.done.Wait()
	total := t.load.Report.Total
	return Load{OK: total.OK, Refused: total.Refused, Unavailable: total.Unavailable, Unanswered: total.Unanswered}
}
