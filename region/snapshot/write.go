package snapshot

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"iter"

	"pangea/region"
	"pangea/region/state"
)

// chunk is how many bytes of rows make a frame: enough that a frame costs nothing next
// to its rows, and little enough to hold and to send in one piece.
const chunk = 64 << 10

// Write sends a snapshot to w, each frame with one Write. Rows must come in the order of
// state.Row, written by origins that the header lists. After an error, its own or one of
// the iterators, what was sent is no snapshot, and no Reader takes it for one.
func Write(w io.Writer, h region.SnapshotHeader, rows iter.Seq2[state.Row, error], waiting iter.Seq2[region.Record, error]) error {
	about, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("encode the header: %w", err)
	}
	out := &sink{w: w}
	out.open()
	if err := out.send(headFrame, about); err != nil {
		return fmt.Errorf("send the header: %w", err)
	}
	sent, err := writeRows(out, newEncoder(h.Vector().Origins()), rows)
	if err != nil {
		return fmt.Errorf("send row %d: %w", sent, err)
	}
	entries, err := writeWaiting(out, waiting)
	if err != nil {
		return fmt.Errorf("send waiting entry %d: %w", entries, err)
	}
	counts := binary.AppendUvarint(binary.AppendUvarint(nil, sent), entries)
	if err := out.send(endFrame, counts); err != nil {
		return fmt.Errorf("send the end: %w", err)
	}
	return nil
}

func writeRows(out *sink, e *encoder, from iter.Seq2[state.Row, error]) (n uint64, err error) {
	for row, err := range from {
		if err != nil {
			return n, err
		}
		if err := e.add(&row); err != nil {
			return n, err
		}
		n++
		if len(e.body) < chunk {
			continue
		}
		if err := out.send(rowsFrame, e.body); err != nil {
			return n, err
		}
		e.body, e.last = e.body[:0], ""
	}
	if len(e.body) == 0 {
		return n, nil
	}
	return n, out.send(rowsFrame, e.body)
}

func writeWaiting(out *sink, from iter.Seq2[region.Record, error]) (n uint64, err error) {
	for r, err := range from {
		if err != nil {
			return n, err
		}
		if err := out.send(entryFrame, r.Payload); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
