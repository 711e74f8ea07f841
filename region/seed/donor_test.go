package seed_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"net"
	"testing"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/api"
	"pangea/region/api/contract"
	"pangea/region/handles"
	"pangea/region/snapshot"
	"pangea/region/state"
	"pangea/region/topology"
)

// give is what a donor does when it is asked for its snapshot.
type give func(ctx context.Context, w io.Writer) error

// serve runs a donor's HTTP interface.
func serve(t *testing.T, l net.Listener, topo *topology.Topology, name string, give give) {
	t.Helper()
	m := contract.NewMemory(name)
	h, err := handles.New(handles.Config{Region: name, Topology: topo}, handles.Parts{Writer: m, Reader: m, Positions: m})
	if err != nil {
		t.Fatal(err)
	}
	a, err := api.New(api.Config{Region: name, Topology: topo, ChunkTimeout: 5 * time.Second}, api.Parts{
		Writer: m, Reader: m, Positions: m, Handles: h, Books: m, Log: m.Log, Status: m.Status,
		Snapshot: func(ctx context.Context, _ string, w io.Writer) error { return give(ctx, w) },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
}

// rows are a few frames of profiles.
const rows = 4000

// whole gives a whole snapshot of the region named donor.
func whole(donor string) give {
	return func(_ context.Context, w io.Writer) error {
		h := region.SnapshotHeader{Donor: donor, Rows: rows, Logs: map[crdt.Origin]region.Progress{}}
		for log, seq := range all {
			h.Logs[log] = region.Progress{Stored: seq, Applied: seq, Ordinal: seq}
		}
		h.Logs[ap] = region.Progress{Stored: 11, Applied: 10, Ordinal: 10}
		return snapshot.Write(w, h, profiles(), waiting())
	}
}

func profiles() iter.Seq2[state.Row, error] {
	return func(yield func(state.Row, error) bool) {
		for i := range rows {
			row := state.Row{
				Class: region.Profile, Key: fmt.Sprintf("user:%06d", i),
				Register: crdt.Register{Meta: crdt.Meta{Stamp: 1, Origin: eu, Seq: 1, Ordinal: 1}, Value: `{"name":"Ada Lovelace"}`},
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func waiting() iter.Seq2[region.Record, error] {
	return func(yield func(region.Record, error) bool) {
		e := region.Entry{Origin: ap, Seq: 11, Deps: crdt.Vector{ap: 10}, FirstOrdinal: 11, CommittedAt: time.Now()}
		e.Encode(nil, region.Checksum{})
		yield(region.Record{Seq: 11, Payload: e.Payload}, nil)
	}
}

// bytesOf is what a donor would send.
func bytesOf(t *testing.T, g give) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := g(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
