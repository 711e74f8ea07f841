package snapshot_test

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/snapshot"
	"pangea/region/state"
)

var (
	us  = crdt.Origin{Region: "us", Epoch: 1}
	eu  = crdt.Origin{Region: "eu", Epoch: 1}
	eu9 = crdt.Origin{Region: "eu", Epoch: 9}
)

// each yields items, and then err unless it is nil.
func each[T any](items []T, err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

// log is entries of one origin from one seq up to another.
func log(origin crdt.Origin, from, to uint64) (records []region.Record) {
	for seq := from; seq <= to; seq++ {
		e := region.Entry{
			Origin: origin, Seq: seq, Deps: crdt.Vector{origin: seq - 1}, FirstOrdinal: seq, CommittedAt: time.UnixMicro(1),
			Events: []region.Event{{Kind: region.ProfilePut, Key: "k", Stamp: 1, Value: "7"}},
		}
		e.Encode(nil, region.Checksum{})
		records = append(records, region.Record{Seq: seq, Payload: e.Payload})
	}
	return records
}

// content is all of a snapshot.
type content struct {
	header  region.SnapshotHeader
	rows    []state.Row
	waiting []region.Record
}

// sample has a row of each class, n profiles more, and waiting entries of two logs.
func sample(n int) content {
	meta := crdt.Meta{Stamp: 5, Origin: eu9, Seq: 3, Ordinal: 30}
	register := crdt.Register{Meta: meta, Value: `{"name":"Ada Lovelace","mail":"ada@example.org"}`}
	c := content{
		header: region.SnapshotHeader{
			Donor: "us", Rows: int64(n),
			Logs: map[crdt.Origin]region.Progress{
				us:  {Stored: 8, Applied: 8, Ordinal: 80},
				eu:  {Stored: 4, Applied: 2, Ordinal: 20, Checksum: region.Checksum{1}},
				eu9: {Stored: 6, Applied: 3, Ordinal: 30},
			},
		},
		waiting: slices.Concat(log(eu, 3, 4), log(eu9, 4, 6)),
	}
	for i := range n {
		c.rows = append(c.rows, state.Row{Class: region.Profile, Key: fmt.Sprintf("user:%07d", i), Register: register})
	}
	c.rows = append(c.rows,
		state.Row{Class: region.Counter, Key: "k", Counter: crdt.Counter{us: {P: 1}, eu: {N: crdt.MaxPN}}},
		state.Row{Class: region.Tags, Key: "k", Name: "go", Dots: crdt.Dots{{Origin: us, Ordinal: 9, Seq: 1}, {Origin: eu9, Ordinal: 8, Seq: 2}}},
		state.Row{Class: region.Tags, Key: "k", Name: "sql", Dots: crdt.Dots{{Origin: us, Ordinal: 10, Seq: 1}}},
		state.Row{Class: region.Prefs, Key: "k", Name: "theme", Register: crdt.Register{Meta: meta, Null: true}},
		state.Row{Class: region.Handle, Key: "k", Register: register},
	)
	return c
}

func (c content) encode(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := snapshot.Write(&b, c.header, each(c.rows, nil), each(c.waiting, nil)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// decode reads all of a stream, or up to the first error.
func decode(stream []byte) (c content, err error) {
	r, err := snapshot.NewReader(bytes.NewReader(stream))
	if err != nil {
		return c, err
	}
	c.header = r.Header
	for row, err := range r.Rows() {
		if err != nil {
			return c, err
		}
		c.rows = append(c.rows, row)
	}
	for e, err := range r.Waiting() {
		if err != nil {
			return c, err
		}
		c.waiting = append(c.waiting, region.Record{Seq: e.Seq, Payload: e.Payload})
	}
	return c, nil
}
