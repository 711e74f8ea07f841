package mesh

import (
	"context"
	"fmt"
)

// row is what the nodes hold under one key.
type row struct {
	value  string
	nodes  int // that have it
	differ bool
}

// Differing is how many keys have not the same value in every node. It is for a mesh at
// rest: of one that still replicates it counts what is under way.
func (m *Mesh) Differing(ctx context.Context) (int, error) {
	rows := map[string]*row{}
	for _, n := range m.nodes {
		if err := n.scan(ctx, rows); err != nil {
			return 0, fmt.Errorf("read node %s: %w", n.name, err)
		}
	}
	differing := 0
	for _, r := range rows {
		if r.differ || r.nodes != len(m.nodes) {
			differing++
		}
	}
	return differing, nil
}

func (n *node) scan(ctx context.Context, all map[string]*row) error {
	rows, err := n.db.QueryContext(ctx, `SELECT key, value FROM profile`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key, value string
		if err := rows.Scan(&key, &value); err != nil {
			return err
		}
		r := all[key]
		if r == nil {
			r = &row{value: value}
			all[key] = r
		}
		r.nodes++
		r.differ = r.differ || r.value != value
	}
	return rows.Err()
}
