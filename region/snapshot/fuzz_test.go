package snapshot

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"runtime"
	"testing"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
)

// FuzzReader frames bytes as a donor would, so that they get past the checksum: none make
// a Reader panic or go on for ever, and rows that it accepts say the same when they are
// sent again.
func FuzzReader(f *testing.F) {
	us := crdt.Origin{Region: "us", Epoch: 1}
	h := region.SnapshotHeader{Donor: "us", Logs: map[crdt.Origin]region.Progress{us: {Stored: 2, Applied: 1}}}
	about, err := json.Marshal(h)
	if err != nil {
		f.Fatal(err)
	}
	e := newEncoder(h.Vector().Origins())
	meta := crdt.Meta{Stamp: 1, Origin: us, Seq: 1, Ordinal: 1}
	for _, row := range []state.Row{
		{Class: region.Profile, Key: "k", Register: crdt.Register{Meta: meta, Value: "1"}},
		{Class: region.Counter, Key: "k", Counter: crdt.Counter{us: {P: 2, N: 1}}},
		{Class: region.Tags, Key: "k", Name: "go", Dots: crdt.Dots{{Origin: us, Ordinal: 1, Seq: 1}}},
		{Class: region.Prefs, Key: "k", Name: "f", Register: crdt.Register{Meta: meta, Null: true}},
	} {
		if err := e.add(&row); err != nil {
			f.Fatal(err)
		}
		f.Add(about, byte(rowsFrame), bytes.Clone(e.body))
	}
	f.Add(about, byte(entryFrame), []byte{1})
	f.Add(about, byte(endFrame), []byte{0, 0})
	f.Add([]byte("{}"), byte(rowsFrame), []byte{2, 1, 'k', 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, about []byte, k byte, body []byte) {
		var b bytes.Buffer
		out := &sink{w: &b}
		out.open()
		if out.send(headFrame, about) != nil || out.send(kind(k), body) != nil {
			return
		}
		rows, h := read(t, b.Bytes())
		if len(rows) == 0 {
			return
		}
		again := newEncoder(h.Vector().Origins())
		for i := range rows {
			if err := again.add(&rows[i]); err != nil {
				t.Fatalf("accepted, and not encoded again: %v", err)
			}
		}
	})
}

// read reads a stream without an end, whose errors are of the kinds that are promised.
func read(t *testing.T, stream []byte) (rows []state.Row, h region.SnapshotHeader) {
	check := func(err error) {
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, region.ErrCorrupt) && !errors.Is(err, region.ErrNewer) {
			t.Fatalf("an error of no kind: %v", err)
		}
	}
	r, err := NewReader(bytes.NewReader(stream))
	if err != nil {
		check(err)
		return nil, h
	}
	for row, err := range r.Rows() {
		if err != nil {
			check(err)
			return nil, h
		}
		rows = append(rows, row)
	}
	var ended error
	for _, err := range r.Waiting() {
		ended = err
	}
	if ended != nil {
		check(ended)
	}
	return rows, r.Header
}

// A damaged length asks for at most one frame's memory.
func TestReader_MemoryIsBounded(t *testing.T) {
	var b bytes.Buffer
	out := &sink{w: &b}
	out.open()
	if err := out.send(headFrame, []byte(`{"donor":"us"}`)); err != nil {
		t.Fatal(err)
	}
	for _, size := range []uint32{maxFrame, maxFrame + 1, 1 << 31} {
		stream := append(binary.BigEndian.AppendUint32(bytes.Clone(b.Bytes()), size), byte(rowsFrame), 1)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		read(t, stream)
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 2*maxFrame {
			t.Errorf("a frame of %d bytes: took %d", size, got)
		}
	}
}

// A donor that has lost count is not believed.
func TestReader_EndDoesNotAddUp(t *testing.T) {
	for name, counts := range map[string][]byte{
		"a row too few": {1, 0}, "an entry too few": {0, 1}, "half of it": {0}, "more than that": {0, 0, 0}, "as it is": {0, 0},
	} {
		var b bytes.Buffer
		out := &sink{w: &b}
		out.open()
		if err := errors.Join(out.send(headFrame, []byte(`{"donor":"us"}`)), out.send(endFrame, counts)); err != nil {
			t.Fatal(err)
		}
		r, err := NewReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range r.Rows() {
			t.Fatal(err)
		}
		var ended error
		for _, err := range r.Waiting() {
			ended = err
		}
		if errors.Is(ended, ErrDamaged) != (name != "as it is") {
			t.Errorf("%s: %v", name, ended)
		}
	}
}
