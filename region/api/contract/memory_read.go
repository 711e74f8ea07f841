package contract

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/snapshot"
	"pangea/region/state"
)

// Profile reads a profile.
func (m *Memory) Profile(_ context.Context, key string) (string, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.profiles[key]
	return value, ok, m.trouble.ReadError
}

// Counter reads a counter.
func (m *Memory) Counter(_ context.Context, key string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.counters[key].Value().String(), m.trouble.ReadError
}

// Tags reads a set.
func (m *Memory) Tags(_ context.Context, key string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.tags[key])), m.trouble.ReadError
}

// Prefs reads an object's live fields.
func (m *Memory) Prefs(_ context.Context, key string) ([]region.Field, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var fields []region.Field
	for _, name := range slices.Sorted(maps.Keys(m.prefs[key])) {
		if value := m.prefs[key][name]; value != "" {
			fields = append(fields, region.Field{Name: name, Value: value})
		}
	}
	return fields, m.prefs[key] != nil, m.trouble.ReadError
}

// Handle reads a handle.
func (m *Memory) Handle(_ context.Context, name string) (string, region.Position, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	row, ok := m.handles[name]
	return row.claimant, row.at, ok, m.trouble.ReadError
}

// Digest counts the rows of every class.
func (m *Memory) Digest(_ context.Context, class region.Class, bucket int) (region.Digest, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	d := region.Digest{Region: m.self.Region, Vector: m.vector.String(), Classes: map[string]region.ClassDigest{}}
	rows := map[region.Class]int{
		region.Profile: len(m.profiles), region.Counter: len(m.counters), region.Tags: len(m.tags),
		region.Prefs: len(m.prefs), region.Handle: len(m.handles),
	}
	for each, n := range rows {
		cd := region.ClassDigest{Rows: int64(n), Digest: fmt.Sprintf("%064x", n)}
		if each == class && bucket < 0 {
			cd.Buckets = slices.Repeat([]string{cd.Digest}, region.DigestBuckets)
		}
		if each == class && bucket >= 0 {
			cd.Keys = map[string]string{}
		}
		d.Classes[each.String()] = cd
	}
	return d, m.trouble.ReadError
}

// Ledger is empty: m keeps none.
func (m *Memory) Ledger(context.Context) ([]region.LedgerRow, error) { return nil, m.trouble.ReadError }

// Conflicts are none: m has no peers.
func (m *Memory) Conflicts(context.Context, int64, int) ([]region.Conflict, error) {
	return nil, m.trouble.ReadError
}

// Log makes up entries of m's own log: their payload is their number.
func (m *Memory) Log(_ context.Context, origin crdt.Origin, from uint64, _ int) ([]region.Record, error) {
	var records []region.Record
	for seq := from; origin == m.self && seq <= m.Vector()[m.self]; seq++ {
		records = append(records, region.Record{Seq: seq, Payload: []byte(strconv.FormatUint(seq, 10))})
	}
	return records, nil
}

// Snapshot writes how far m's log has come, and no rows.
func (m *Memory) Snapshot(_ context.Context, _ string, w io.Writer) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.trouble.ReadError != nil {
		return m.trouble.ReadError
	}
	h := region.SnapshotHeader{Donor: m.self.Region, Logs: map[crdt.Origin]region.Progress{}}
	for log, seq := range m.vector {
		h.Logs[log] = region.Progress{Stored: seq, Applied: seq}
	}
	return snapshot.Write(w, h, func(func(state.Row, error) bool) {}, func(func(region.Record, error) bool) {})
}

// Status says who m is, and whether it serves.
func (m *Memory) Status(context.Context) (region.Status, error) {
	ok, reason := m.Ready()
	return region.Status{Region: m.self.Region, Epoch: m.self.Epoch, Ready: ok, Reason: reason, Vector: m.Vector().String()}, nil
}
