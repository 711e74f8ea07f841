package region

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

// A page of GET /log/{origin} is a run of consecutive payloads, each after its
// length as a varint. It ends with the body.

// WriteFrame appends one payload to a page.
func WriteFrame(w io.Writer, payload []byte) error {
	var length [binary.MaxVarintLen64]byte
	if _, err := w.Write(length[:binary.PutUvarint(length[:], uint64(len(payload)))]); err != nil {
		return err
	}
	_, err := w.Write(payload)
	return err
}

// ReadFrame returns the next payload of a page, or io.EOF at its end.
func ReadFrame(r *bufio.Reader) ([]byte, error) {
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return nil, err
	}
	if n > 2*MaxEntry {
		return nil, fmt.Errorf("%w: a frame of %d bytes", ErrCorrupt, n)
	}
	payload := make([]byte, n)
	if _, err := io.ReadFull(r, payload); err != nil {
		return nil, fmt.Errorf("%w: a frame is cut short", ErrCorrupt)
	}
	return payload, nil
}
