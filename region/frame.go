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

// ReadFrame returns the next payload of a page, or io.EOF at its end. A page that
// ends within a frame is io.ErrUnexpectedEOF, not ErrCorrupt: a link was cut, and
// what is missing can be asked for again.
func ReadFrame(r *bufio.Reader) ([]byte, error) {
	n, err := binary.ReadUvarint(r)
	if err == io.EOF {
		return nil, io.EOF
	}
	if err != nil {
		return nil, fmt.Errorf("read the length of a frame: %w", err)
	}
	if n > 2*MaxEntry {
		return nil, fmt.Errorf("%w: a frame of %d bytes", ErrCorrupt, n)
	}
	payload := make([]byte, n)
	if got, err := io.ReadFull(r, payload); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("read a frame: %d of %d bytes: %w", got, n, err)
	}
	return payload, nil
}
