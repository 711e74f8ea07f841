package snapshot

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"pangea/region"
)

const (
	magic   = "pangea snapshot"
	version = 1
)

// Errors of a Reader. What the network has to do with is neither: a stream that ends
// early is io.ErrUnexpectedEOF.
var (
	ErrDamaged = errors.New("snapshot is damaged")
	ErrNewer   = errors.New("snapshot has a newer format: upgrade this region")
)

// kind says what a frame holds.
type kind byte

const (
	headFrame kind = iota + 1
	rowsFrame
	entryFrame
	endFrame
)

// A damaged length cannot ask for more than maxFrame. It is several times what a row or
// an entry can be.
const (
	maxFrame = 4 * region.MaxEntry
	prefix   = 5 // length and kind
)

// sink writes frames.
type sink struct {
	w   io.Writer
	sum region.Checksum // of the last frame
	out []byte
}

// open begins the stream. What it appends leaves with the first frame.
func (s *sink) open() { s.out = append(append(s.out, magic...), version) }

// send writes one frame with one Write.
func (s *sink) send(k kind, body []byte) error {
	if len(body) > maxFrame {
		return fmt.Errorf("a frame of %d bytes: the most is %d", len(body), maxFrame)
	}
	s.out = binary.BigEndian.AppendUint32(s.out, uint32(len(body)))
	sealed := len(s.out)
	s.out = append(append(s.out, byte(k)), body...)
	s.sum = s.sum.Next(s.out[sealed:])
	s.out = append(s.out, s.sum[:]...)
	_, err := s.w.Write(s.out)
	s.out = s.out[:0]
	return err
}

// source reads frames.
type source struct {
	r     *bufio.Reader
	sum   region.Checksum // of the last frame
	buf   []byte
	bytes atomic.Int64 // taken so far
}

func (s *source) open() error {
	var start [len(magic) + 1]byte
	if err := s.fill(start[:]); err != nil {
		return err
	}
	if string(start[:len(magic)]) != magic || start[len(magic)] == 0 {
		return fmt.Errorf("%w: it does not begin as one", ErrDamaged)
	}
	if v := start[len(magic)]; v > version {
		return fmt.Errorf("%w: version %d, this build reads %d", ErrNewer, v, version)
	}
	return nil
}

// next reads a frame. The body is good until the next call.
func (s *source) next() (kind, []byte, error) {
	var start [prefix]byte
	if err := s.fill(start[:]); err != nil {
		return 0, nil, err
	}
	size := int(binary.BigEndian.Uint32(start[:]))
	if size > maxFrame {
		return 0, nil, fmt.Errorf("%w: a frame of %d bytes", ErrDamaged, size)
	}
	whole := 1 + size + len(s.sum)
	if whole > cap(s.buf) {
		s.buf = make([]byte, whole)
	}
	frame, sealed := s.buf[:whole], 1+size
	frame[0] = start[prefix-1]
	if err := s.fill(frame[1:]); err != nil {
		return 0, nil, err
	}
	if s.sum = s.sum.Next(frame[:sealed]); s.sum != region.Checksum(frame[sealed:]) {
		return 0, nil, fmt.Errorf("%w: wrong checksum of a frame before byte %d", ErrDamaged, s.bytes.Load())
	}
	return kind(frame[0]), frame[1:sealed], nil
}

func (s *source) fill(b []byte) error {
	n, err := io.ReadFull(s.r, b)
	s.bytes.Add(int64(n))
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("read the snapshot after byte %d: %w", s.bytes.Load(), err)
	}
	return nil
}

// atEnd returns an error unless the stream is over.
func (s *source) atEnd() error {
	switch _, err := s.r.ReadByte(); err {
	case io.EOF:
		return nil
	case nil:
		return fmt.Errorf("%w: it goes on after its end", ErrDamaged)
	default:
		return fmt.Errorf("read the snapshot after byte %d: %w", s.bytes.Load(), err)
	}
}
