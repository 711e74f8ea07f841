package failover

import (
	"context"
	"errors"
	"slices"
	"time"

	"pangea/gen"
	"pangea/gen/audit"
	"pangea/gen/history"
	"pangea/gen/measure"
	"pangea/gen/workload"
	"pangea/region/topology"
)

// equalWithin bounds the wait for the last writes of a round: regions that are slow to
// become equal break no promise.
const equalWithin = 5 * time.Minute

// judge adds what the history of a round, and what the regions hold after it, decide. After
// the last it plants a fault in the history.
func (f *Finding) judge(ctx context.Context, h *history.History, t *topology.Topology, last bool) error {
	report, err := compare(ctx, h, t)
	if err != nil {
		return err
	}
	f.Audit.Add(report)
	if !last {
		return nil
	}
	more, err := plant(h)
	if err != nil {
		return err
	}
	planted, err := compare(ctx, more, t)
	if err != nil {
		return err
	}
	f.Planted = missing(report, planted)
	return nil
}

func compare(ctx context.Context, h *history.History, t *topology.Topology) (*audit.Report, error) {
	a, err := audit.New(audit.Config{History: h, Regions: gen.Regions(t), Wait: equalWithin})
	if err != nil {
		return nil, err
	}
	return a.Run(ctx)
}

// plant says of one counter that one more increment had been acknowledged.
func plant(h *history.History) (*history.History, error) {
	i := slices.IndexFunc(h.Records, func(r history.Record) bool {
		return r.Kind == workload.Incr && r.Outcome == measure.OK && certain(h.Records, r.Key)
	})
	if i < 0 {
		return nil, errors.New("plant a fault: the load incremented no counter without a doubt")
	}
	more := *h
	more.Records = append(slices.Clip(h.Records), h.Records[i])
	return &more, nil
}

// missing reports whether counters violate one promise more than they do without the fault.
func missing(without, with *audit.Report) bool {
	before, after := counters(without), counters(with)
	return after.Checked > before.Checked && after.Violated == before.Violated+1
}

// certain reports whether all writes to a counter were answered.
func certain(records []history.Record, key string) bool {
	return !slices.ContainsFunc(records, func(r history.Record) bool {
		return r.Class == workload.Counter && r.Key == key && r.Outcome == measure.Unanswered
	})
}
