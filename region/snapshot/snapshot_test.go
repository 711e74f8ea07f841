package snapshot_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/snapshot"
	"pangea/region/state"
)

var same = cmp.Options{cmp.AllowUnexported(content{}), cmpopts.EquateEmpty()}

func TestSnapshot_RoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := aContent().Draw(t, "snapshot")
		var b bytes.Buffer
		if err := snapshot.Write(&b, want.header, each(want.rows, nil), each(want.waiting, nil)); err != nil {
			t.Fatal(err)
		}
		got, err := decode(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, same); diff != "" {
			t.Fatalf("want -, got +:\n%s", diff)
		}
	})
}

// aContent draws a snapshot that a donor could send.
func aContent() *rapid.Generator[content] {
	origins := []crdt.Origin{us, eu, eu9}
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "\x00", "\xff"}))
	return rapid.Custom(func(t *rapid.T) content {
		c := content{header: region.SnapshotHeader{Donor: "us", Rows: rapid.Int64().Draw(t, "about"), Logs: map[crdt.Origin]region.Progress{}}}
		for _, o := range origins {
			p := region.Progress{Applied: rapid.Uint64Range(0, 1<<62).Draw(t, "applied"), Ordinal: rapid.Uint64().Draw(t, "ordinal")}
			p.Stored = p.Applied + rapid.Uint64Range(0, 3).Draw(t, "waiting")
			c.header.Logs[o] = p
			c.waiting = append(c.waiting, log(o, p.Applied+1, p.Stored)...)
		}
		rows := rapid.SliceOfN(aRow(origins, text), 0, 50).Draw(t, "rows")
		slices.SortFunc(rows, func(a, b state.Row) int { return a.Compare(&b) })
		c.rows = slices.CompactFunc(rows, func(a, b state.Row) bool { return a.Compare(&b) == 0 })
		return c
	})
}

func aRow(origins []crdt.Origin, text *rapid.Generator[string]) *rapid.Generator[state.Row] {
	origin, number := rapid.SampledFrom(origins), rapid.Uint64()
	return rapid.Custom(func(t *rapid.T) state.Row {
		row := state.Row{Class: rapid.SampledFrom(region.Classes()).Draw(t, "class"), Key: rapid.SampledFrom([]string{"a", "b", "käse/%2F"}).Draw(t, "key")}
		switch row.Class {
		case region.Counter:
			part := rapid.Int64Range(0, crdt.MaxPN)
			share := rapid.Custom(func(t *rapid.T) crdt.PN { return crdt.PN{P: part.Draw(t, "p"), N: part.Draw(t, "n")} })
			row.Counter = crdt.Counter(rapid.MapOf(origin, share).Draw(t, "counter"))
			return row
		case region.Tags:
			row.Name = text.Draw(t, "tag")
			row.Dots = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) crdt.Dot {
				return crdt.Dot{Origin: origin.Draw(t, "origin"), Ordinal: number.Draw(t, "ordinal"), Seq: number.Draw(t, "seq")}
			}), 0, 4).Draw(t, "dots")
			return row
		case region.Prefs:
			row.Name = text.Draw(t, "field")
		}
		r := &row.Register
		r.Stamp, r.Origin = crdt.Stamp(rapid.Int64Min(0).Draw(t, "stamp")), origin.Draw(t, "origin")
		r.Seq, r.Ordinal = number.Draw(t, "seq"), number.Draw(t, "ordinal")
		if r.Null = rapid.Bool().Draw(t, "null"); !r.Null {
			r.Value = text.Draw(t, "value")
		}
		return row
	})
}

// Wherever a stream ends, what came of it is not taken for a snapshot.
func TestReader_EndsEarly(t *testing.T) {
	stream := sample(2000).encode(t) // several frames of rows
	for n := 0; n < len(stream); n += 1 + n%7*131 {
		if _, err := decode(stream[:n]); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("the first %d of %d bytes: %v", n, len(stream), err)
		}
	}
	if _, err := decode(stream[:len(stream)-1]); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("without the last byte: %v", err)
	}
}

func TestReader_FlippedBits(t *testing.T) {
	stream := sample(1).encode(t)
	for at := range stream {
		for bit := range 8 {
			damaged := bytes.Clone(stream)
			damaged[at] ^= 1 << bit
			_, err := decode(damaged)
			if !errors.Is(err, snapshot.ErrDamaged) && !errors.Is(err, snapshot.ErrNewer) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("bit %d of byte %d: %v", bit, at, err)
			}
		}
	}
}

func TestReader_GoesOnAfterTheEnd(t *testing.T) {
	stream := sample(1).encode(t)
	for name, damaged := range map[string][]byte{
		"a byte":           append(bytes.Clone(stream), 0),
		"another snapshot": slices.Concat(stream, stream),
	} {
		if _, err := decode(damaged); !errors.Is(err, snapshot.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The first half of one snapshot and the second of another are none.
func TestReader_TwoHalves(t *testing.T) {
	one, two := sample(5000), sample(5000)
	two.rows[0].Register.Seq++
	a, b := one.encode(t), two.encode(t)
	if len(a) != len(b) {
		t.Fatalf("they differ in length: %d and %d", len(a), len(b))
	}
	if _, err := decode(slices.Concat(a[:len(a)/2], b[len(b)/2:])); !errors.Is(err, snapshot.ErrDamaged) {
		t.Errorf("got %v", err)
	}
}

func TestReader_NewerVersion(t *testing.T) {
	stream := sample(1).encode(t)
	stream[len("pangea snapshot")]++
	if _, err := decode(stream); !errors.Is(err, snapshot.ErrNewer) {
		t.Errorf("got %v", err)
	}
}

// A donor that is wrong is not believed, though nothing happened on the way.
func TestReader_ImpossibleContent(t *testing.T) {
	for name, spoil := range map[string]func(*content){
		"rows out of order":          func(c *content) { slices.Reverse(c.rows) },
		"a row twice":                func(c *content) { c.rows = append(c.rows, c.rows[len(c.rows)-1]) },
		"an entry is missing":        func(c *content) { c.waiting = slices.Delete(c.waiting, 0, 1) },
		"the last entry is missing":  func(c *content) { c.waiting = c.waiting[:len(c.waiting)-1] },
		"no entries":                 func(c *content) { c.waiting = nil },
		"entries out of order":       func(c *content) { slices.Reverse(c.waiting) },
		"an entry that was applied":  func(c *content) { c.waiting = append(log(us, 8, 8), c.waiting...) },
		"an entry of an unknown log": func(c *content) { c.waiting = append(c.waiting, log(crdt.Origin{Region: "ap", Epoch: 1}, 1, 1)...) },
		"applied before stored":      func(c *content) { c.header.Logs[us] = region.Progress{Stored: 1, Applied: 2} },
	} {
		c := sample(2)
		c.header.Logs = maps.Clone(c.header.Logs)
		spoil(&c)
		if _, err := decode(c.encode(t)); !errors.Is(err, snapshot.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := sample(0)
	c.waiting[0].Payload = []byte{1}
	if _, err := decode(c.encode(t)); !errors.Is(err, region.ErrCorrupt) {
		t.Errorf("an entry that is none: %v", err)
	}
}

// An iterator that was left, or used out of turn, does not lead to a short success.
func TestReader_OutOfTurn(t *testing.T) {
	stream := sample(3).encode(t)
	open := func() *snapshot.Reader {
		r, err := snapshot.NewReader(bytes.NewReader(stream))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := open()
	for _, err := range r.Waiting() {
		if err == nil {
			t.Error("entries before rows")
		}
	}
	r = open()
	for range r.Rows() {
		break
	}
	for _, err := range r.Rows() {
		if err == nil {
			t.Error("rows after they were left")
		}
	}
	for _, err := range r.Waiting() {
		if err == nil {
			t.Error("entries after the rows were left")
		}
	}
}

func TestWrite_StopsAtTheFirstError(t *testing.T) {
	c, broken := sample(2), errors.New("broken")
	var b bytes.Buffer
	if err := snapshot.Write(&b, c.header, each(c.rows, broken), each(c.waiting, nil)); !errors.Is(err, broken) {
		t.Errorf("rows: %v", err)
	}
	if err := snapshot.Write(&b, c.header, each(c.rows, nil), each(c.waiting, broken)); !errors.Is(err, broken) {
		t.Errorf("entries: %v", err)
	}
	delete(c.header.Logs, eu9)
	for name, row := range map[string]state.Row{
		"a register of an unknown log": c.rows[0],
		"dots of an unknown log":       c.rows[3],
		"no class":                     {Key: "a"},
		"no key":                       {Class: region.Counter},
	} {
		if err := snapshot.Write(&b, c.header, each([]state.Row{row}, nil), each(c.waiting, nil)); err == nil {
			t.Errorf("%s: sent", name)
		}
	}
	if _, err := decode(b.Bytes()); err == nil {
		t.Error("what was sent is taken for a snapshot")
	}
}

func TestReader_Progress(t *testing.T) {
	c := sample(5000)
	stream := c.encode(t)
	r, err := snapshot.NewReader(bytes.NewReader(stream))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range r.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		if rows, n := r.Progress(); rows == 2500 && (n < int64(len(stream))/3 || n > int64(len(stream))*2/3) {
			t.Errorf("half of the rows are %d of %d bytes", n, len(stream))
		}
	}
	for _, err := range r.Waiting() {
		if err != nil {
			t.Fatal(err)
		}
	}
	if rows, n := r.Progress(); rows != int64(len(c.rows)) || n != int64(len(stream)) {
		t.Errorf("got %d rows and %d bytes, want %d and %d", rows, n, len(c.rows), len(stream))
	}
}
