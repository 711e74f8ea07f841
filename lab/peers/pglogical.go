package peers

import (
	"context"

	"pangea/lab/mesh"
)

// Pglogical is a mesh that serves, loaded by pgbench.
type Pglogical struct{ *mesh.Mesh }

// Load is part of Running, as are the methods of the mesh.
func (p Pglogical) Load(ctx context.Context, l Load) (Answers, error) {
	results, err := p.Bench(ctx, mesh.Load{
		Clients: l.Clients, Rows: l.Rows, Rate: l.requests(p.Size()), Keys: keys, Zipf: zipf, Duration: l.Duration,
	})
	if err != nil {
		return Answers{}, err
	}
	var a Answers
	for _, r := range results {
		a.Writes += r.Transactions * uint64(l.Rows)
		a.Failed += r.Failed
		a.Elapsed, a.P99 = max(a.Elapsed, r.Elapsed), max(a.P99, r.P99)
	}
	return a, nil
}
