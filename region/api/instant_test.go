package api_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/api"
	"pangea/region/api/contract"
	"pangea/region/handles"
)

// instant is a region that costs nothing: it has committed before it is asked, 20 writes
// at a time, and holds one value of each kind.
type instant struct {
	*contract.Memory
	vectors []crdt.Vector // of one group commit and the next
	written atomic.Uint64
}

func newInstantAPI(b *testing.B) *api.API {
	b.Helper()
	i := &instant{Memory: contract.NewMemory("us")}
	for seq := range uint64(2) {
		i.vectors = append(i.vectors, crdt.Vector{
			{Region: "us", Epoch: 1}: 3_456_789 + seq, {Region: "eu", Epoch: 1}: 2_345_678, {Region: "ap", Epoch: 1}: 1_234_567,
		})
	}
	h, err := handles.New(handles.Config{Region: "us", Topology: world()}, handles.Parts{Writer: i, Reader: i, Positions: i})
	if err != nil {
		b.Fatal(err)
	}
	a, err := api.New(api.Config{Region: "us", Topology: world(), Registerer: prometheus.NewRegistry()}, api.Parts{
		Writer: i, Reader: i, Positions: i, Handles: h, Books: i, Log: i.Log, Snapshot: i.Snapshot, Status: i.Status,
	})
	if err != nil {
		b.Fatal(err)
	}
	return a
}

func (i *instant) Vector() crdt.Vector { return i.vectors[i.written.Load()/20%2] }

func (i *instant) Do(context.Context, region.Write) (region.Result, error) {
	i.written.Add(1)
	v, us := i.Vector(), crdt.Origin{Region: "us", Epoch: 1}
	return region.Result{Outcome: region.Done, Value: "12345", Vector: v, Position: region.Position{Origin: us, Seq: v[us]}}, nil
}

func (i *instant) DoAll(ctx context.Context, ws []region.Write) ([]region.Result, []error) {
	results, errs := make([]region.Result, len(ws)), make([]error, len(ws))
	for at := range ws {
		results[at], errs[at] = i.Do(ctx, ws[at])
	}
	return results, errs
}

func (i *instant) Profile(context.Context, string) (string, bool, error) {
	return benchValue, true, nil
}

func (i *instant) Counter(context.Context, string) (string, error) { return "12345", nil }

func (i *instant) Tags(context.Context, string) ([]string, error) { return []string{"go", "sql"}, nil }

func (i *instant) Prefs(context.Context, string) ([]region.Field, bool, error) {
	return []region.Field{{Name: "theme", Value: benchValue}}, true, nil
}
