package mesh

import (
	"context"
	"fmt"
	"time"

	"pangea/region/topology"
)

// connectWithin bounds how long subscriptions may take to begin.
const connectWithin = 60 * time.Second

// schema is that of Pangea's profiles without what Pangea adds to a row. The log has no
// line for a conflict: with hot keys nearly every row is one.
var schema = []string{
	"ALTER SYSTEM SET pglogical.conflict_resolution = 'last_update_wins'",
	"ALTER SYSTEM SET pglogical.conflict_log_level = 'debug1'",
	"SELECT pg_reload_conf()",
	"CREATE EXTENSION pglogical",
	"CREATE TABLE profile (key text PRIMARY KEY, value text NOT NULL) WITH (fillfactor = 80)",
}

// connect makes every node a provider, and then a subscriber to each other one.
func (m *Mesh) connect(ctx context.Context) error {
	for _, n := range m.nodes {
		if err := n.provide(ctx); err != nil {
			return fmt.Errorf("node %s: %w", n.name, err)
		}
	}
	topo := m.stack.Topology()
	for _, n := range m.nodes {
		for _, provider := range m.nodes {
			if n == provider {
				continue
			}
			if err := n.subscribe(ctx, provider.name, topo.Address(n.name, provider.name, topology.NATS)); err != nil {
				return fmt.Errorf("node %s: %w", n.name, err)
			}
		}
	}
	return m.replicating(ctx)
}

func (n *node) provide(ctx context.Context) error {
	for _, statement := range schema {
		if err := n.exec(ctx, statement); err != nil {
			return err
		}
	}
	dsn, err := reached(n.address)
	if err != nil {
		return err
	}
	if err := n.exec(ctx, `SELECT pglogical.create_node(node_name := $1, dsn := $2)`, n.name, dsn); err != nil {
		return err
	}
	return n.exec(ctx, `SELECT pglogical.replication_set_add_table('default', 'profile')`)
}

// subscribe reads provider through the link. Its rows are not forwarded: each node has
// them from their origin.
func (n *node) subscribe(ctx context.Context, provider, link string) error {
	dsn, err := reached(link)
	if err != nil {
		return err
	}
	return n.exec(ctx, `SELECT pglogical.create_subscription(subscription_name := $1, provider_dsn := $2,
		synchronize_structure := false, synchronize_data := false, forward_origins := '{}')`,
		n.name+"_"+provider, dsn)
}

// replicating waits until every subscription does, and has carried a row. A row from
// before would never arrive: later updates of it find nothing to update, and are skipped.
func (m *Mesh) replicating(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	if err := poll(ctx, m.idle); err != nil {
		return err
	}
	for _, n := range m.nodes {
		if err := m.Put(ctx, n.name, "from-"+n.name, "connected"); err != nil {
			return err
		}
	}
	return poll(ctx, m.missing)
}

// poll waits until nothing is wrong.
func poll(ctx context.Context, wrong func(context.Context) error) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		reason := wrong(ctx)
		if reason == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the mesh does not replicate within %v: %w", connectWithin, reason)
		case <-tick.C:
		}
	}
}

// idle names a node of which a subscription does not replicate.
func (m *Mesh) idle(ctx context.Context) error {
	for _, n := range m.nodes {
		var replicating int
		err := n.db.QueryRowContext(ctx, `SELECT count(*) FROM pglogical.show_subscription_status() WHERE status = 'replicating'`).Scan(&replicating)
		if err != nil {
			return fmt.Errorf("subscriptions of %s: %w", n.name, err)
		}
		if replicating != len(m.nodes)-1 {
			return fmt.Errorf("%d of %d subscriptions of %s replicate", replicating, len(m.nodes)-1, n.name)
		}
	}
	return nil
}

// missing names a node that has no row of another.
func (m *Mesh) missing(ctx context.Context) error {
	for _, n := range m.nodes {
		for _, origin := range m.nodes {
			value, err := m.Get(ctx, n.name, "from-"+origin.name)
			if err != nil {
				return err
			}
			if value == "" {
				return fmt.Errorf("%s has no row of %s", n.name, origin.name)
			}
		}
	}
	return nil
}
