package region_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"pangea/region"
)

func TestFrame_RoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOf(rapid.SliceOf(rapid.Byte())).Draw(t, "payloads")
		r := bufio.NewReader(bytes.NewReader(page(t, want...)))
		for i, payload := range want {
			if got, err := region.ReadFrame(r); err != nil || !bytes.Equal(got, payload) {
				t.Fatalf("frame %d is %x, %v, want %x", i, got, err, payload)
			}
		}
		if got, err := region.ReadFrame(r); err != io.EOF {
			t.Fatalf("after the last: %x, %v", got, err)
		}
	})
}

// TestReadFrame_CutPage cuts a page at every byte: what came before the cut is
// read, and the cut is an interrupted transfer, never the end nor corruption.
func TestReadFrame_CutPage(t *testing.T) {
	first, second := bytes.Repeat([]byte("a"), 200), bytes.Repeat([]byte("b"), 300)
	whole := page(t, first, second)
	ends := map[int]int{0: 0, 202: 1, len(whole): 2} // where frames end -> how many
	for cut := range len(whole) + 1 {
		r := bufio.NewReader(bytes.NewReader(whole[:cut]))
		read := 0
		_, err := region.ReadFrame(r)
		for ; err == nil; _, err = region.ReadFrame(r) {
			read++
		}
		frames, clean := ends[cut]
		switch {
		case clean && (err != io.EOF || read != frames):
			t.Fatalf("cut at %d, between frames: %d frames, %v", cut, read, err)
		case !clean && (!errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, region.ErrCorrupt)):
			t.Fatalf("cut at %d, within a frame: %d frames, %v", cut, read, err)
		}
	}
}

func TestReadFrame_KeepsTheCause(t *testing.T) {
	reset := errors.New("connection reset")
	for name, r := range map[string]io.Reader{
		"in the length":  io.MultiReader(bytes.NewReader([]byte{0x80}), iotest.ErrReader(reset)),
		"in the payload": io.MultiReader(bytes.NewReader([]byte{3, 'a'}), iotest.ErrReader(reset)),
	} {
		if _, err := region.ReadFrame(bufio.NewReader(r)); !errors.Is(err, reset) || errors.Is(err, region.ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadFrame_TooLong(t *testing.T) {
	for _, n := range []uint64{2*region.MaxEntry + 1, 1<<64 - 1} {
		r := bufio.NewReader(bytes.NewReader(binary.AppendUvarint(nil, n)))
		if _, err := region.ReadFrame(r); !errors.Is(err, region.ErrCorrupt) {
			t.Errorf("a frame of %d bytes: %v", n, err)
		}
	}
	if _, err := region.ReadFrame(bufio.NewReader(bytes.NewReader(bytes.Repeat([]byte{0xff}, 11)))); err == nil {
		t.Error("a length past 64 bits was read")
	}
}

func TestWriteFrame_ReportsTheWriter(t *testing.T) {
	full := errors.New("disk full")
	for n := range 2 {
		if err := region.WriteFrame(&failing{after: n, err: full}, []byte("payload")); !errors.Is(err, full) {
			t.Errorf("write %d failed, and WriteFrame says %v", n, err)
		}
	}
}

// failing fails once, after some writes.
type failing struct {
	after int
	err   error
}

func (f *failing) Write(p []byte) (int, error) {
	if f.after--; f.after == -1 {
		return 0, f.err
	}
	return len(p), nil
}

func page(t interface{ Fatal(...any) }, payloads ...[]byte) []byte {
	var b bytes.Buffer
	for _, p := range payloads {
		if err := region.WriteFrame(&b, p); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}
