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

// equalWithin bounds the wait for the last writes of a round.
const equalWithin = 30 * time.Second

// judge adds what the history of a round, and what the regions hold after it, decide.
func (f *Finding) judge(ctx context.Context, h *history.History, t *topology.Topology) error {
	report, err := compare(ctx, h, t)
	if err != nil {
		return err
	}
	f.Operations += report.Operations
	if f.Properties == nil {
		f.Properties = report.Properties
		return nil
	}
	for i, p := range report.Properties {
		sum := &f.Properties[i]
		sum.Checked, sum.Unanswered, sum.Violated = sum.Checked+p.Checked, sum.Unanswered+p.Unanswered, sum.Violated+p.Violated
		sum.First, sum.Undecided = append(sum.First, p.First...), append(sum.Undecided, p.Undecided...)
	}
	return nil
}

func compare(ctx context.Context, h *history.History, t *topology.Topology) (*audit.Report, error) {
	a, err := audit.New(audit.Config{History: h, Regions: gen.Regions(t), Wait: equalWithin})
	if err != nil {
		return nil, err
	}
	return a.Run(ctx)
}

// planted says of one counter that one more increment had been acknowledged.
func planted(ctx context.Context, h *history.History, t *topology.Topology) (bool, error) {
	i := slices.IndexFunc(h.Records, func(r history.Record) bool {
		return r.Kind == workload.Incr && r.Outcome == measure.OK && certain(h.Records, r.Key)
	})
	if i < 0 {
		return false, errors.New("plant a fault: the load incremented no counter without a doubt")
	}
	more := *h
	more.Records = append(slices.Clip(h.Records), h.Records[i])
	report, err := compare(ctx, &more, t)
	if err != nil {
		return false, err
	}
	found := Finding{Properties: report.Properties}
	return found.Counters().Violated == 1, nil
}

// certain reports whether all writes to a counter were answered.
func certain(records []history.Record, key string) bool {
	return !slices.ContainsFunc(records, func(r history.Record) bool {
		return r.Class == workload.Counter && r.Key == key && r.Outcome == measure.Unanswered
	})
}
