package contract

import (
	"context"
	"slices"

	"pangea/crdt"
)

// Vector is what m has applied.
func (m *Memory) Vector() crdt.Vector {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.vector
}

// WaitApplied waits until m has applied v.
func (m *Memory) WaitApplied(ctx context.Context, v crdt.Vector) error {
	return m.wait(ctx, func() bool { return m.vector.Covers(v) })
}

// WaitStored waits until a registered peer, or each, stores v.
func (m *Memory) WaitStored(ctx context.Context, v crdt.Vector, all bool) error {
	return m.wait(ctx, func() bool {
		peers := m.trouble.Registered
		if !all {
			peers = min(peers, 1)
		}
		return peers == 0 || m.storing >= peers && v[m.self] <= m.stored
	})
}

func (m *Memory) wait(ctx context.Context, until func() bool) error {
	for {
		m.mu.Lock()
		ok, changed := until(), m.changed
		m.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// Sound reports that nothing was ever lost.
func (m *Memory) Sound() bool { return true }

// Registered is the number of peers.
func (m *Memory) Registered() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.trouble.Registered
}

// Reachable reports whether the region is heard of.
func (m *Memory) Reachable(name string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !slices.Contains(m.trouble.Unreachable, name)
}

// Ready reports whether m serves clients.
func (m *Memory) Ready() (bool, string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.trouble.NotReady == "", m.trouble.NotReady
}
