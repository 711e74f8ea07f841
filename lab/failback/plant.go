package failback

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"pangea/gen/client"
	"pangea/gen/tally"
	"pangea/gen/workload"
)

// proveDetectors plants what must not happen, in what is compared with what: changes that
// were not made, a tag and a field that are put back, increments that nobody was told of.
func (m *measurement) proveDetectors(ctx context.Context, told *tally.Tally) error {
	subjects, err := m.plantFlaws(ctx)
	if err != nil {
		return err
	}
	counter, err := m.plantIncrement(ctx, told)
	if err != nil {
		return err
	}
	m.found.Planted = subjects && counter
	return ctx.Err()
}

// errPlant: a region did not take what was to be planted.
var errPlant = errors.New("plant a fault: a write was not acknowledged")

// plantFlaws reports whether each flaw is found in the spare subject, and none where there
// is none.
func (m *measurement) plantFlaws(ctx context.Context) (bool, error) {
	at := m.others[0]
	m.spare.changed = m.others // so it is said, but nobody has
	unmade, err := m.flaws(at, m.spare)
	if err != nil {
		return false, err
	}
	for i, name := range m.others {
		if !m.send(ctx, at, m.spare.changes(name, i)) {
			return false, errPlant
		}
	}
	whole, err := m.flaws(at, m.spare)
	if err != nil {
		return false, err
	}
	if !m.send(ctx, at, []client.Request{m.spare.add(doomed), m.spare.patch(`{%q:"made"}`, doomed), m.spare.count(1)}) {
		return false, errPlant
	}
	again, err := m.flaws(at, m.spare)
	return len(whole) == 0 &&
		maps.Equal(unmade, map[workload.Class]Flaw{
			workload.Profile: Lost, workload.Counter: Lost, workload.Tags: Resurrected, workload.Prefs: Resurrected,
		}) &&
		maps.Equal(again, map[workload.Class]Flaw{
			workload.Counter: Doubled, workload.Tags: Resurrected, workload.Prefs: Resurrected,
		}), err
}

// plantIncrement reports whether one counter of the load is found wrong that was incremented
// behind the back of who compares.
func (m *measurement) plantIncrement(ctx context.Context, told *tally.Tally) (bool, error) {
	keys := slices.Sorted(maps.Keys(told.Counters))
	if len(keys) == 0 {
		return false, errors.New("plant a fault: the load wrote to no counter")
	}
	key := keys[0]
	one := tally.New()
	one.Counters[key] = told.Counters[key]
	low, high := one.Counters[key].Interval()
	s := &subject{key: key}
	if !m.send(ctx, m.others[0], []client.Request{s.count(high - low + 1)}) {
		return false, fmt.Errorf("%w: counter %s", errPlant, key)
	}
	report, err := m.check(ctx, one)
	return err == nil && len(report.Wrong) == 1, err
}
