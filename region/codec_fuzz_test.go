package region_test

import (
	"bytes"
	"errors"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pangea/region"
)

// FuzzDecode: no bytes make Decode panic or take much more memory than they have,
// and what it accepts says the same when it is encoded again.
func FuzzDecode(f *testing.F) {
	for _, n := range []int{0, 1, len(kinds), 40} {
		e := sample(n)
		e.Encode(nil, region.Checksum{})
		f.Add(e.Payload)
		f.Add(e.Payload[:len(e.Payload)/2])
	}
	f.Add([]byte(nil))
	f.Add([]byte{2})
	f.Add(seal("\x01\xff\xff\xff\xff\x0f"))
	f.Add(seal("\x01" + "\x01" + "\x02us\x01" + "\x01" + "\x00" + "\x01" + "\x00" + "\xff\xff\xff\xff\x0f"))
	f.Fuzz(func(t *testing.T, payload []byte) {
		e, err := region.Decode(payload)
		if err != nil {
			if !errors.Is(err, region.ErrCorrupt) && !errors.Is(err, region.ErrNewer) {
				t.Fatalf("%v is neither ErrCorrupt nor ErrNewer", err)
			}
			return
		}
		if !bytes.Equal(e.Payload, payload) {
			t.Fatal("the payload is not kept as it came")
		}
		again := *e
		again.Encode(nil, region.Checksum{})
		back, err := region.Decode(again.Payload)
		if err != nil {
			t.Fatalf("accepted, but not when encoded again: %v", err)
		}
		if diff := cmp.Diff(&again, back, sameEntry); diff != "" {
			t.Fatalf("accepted -, encoded again +:\n%s", diff)
		}
	})
}

// TestDecode_MemoryIsBounded decodes what asks for the most memory: lists as long
// as their bytes allow.
func TestDecode_MemoryIsBounded(t *testing.T) {
	const size, most = region.MaxEntry, 48
	filler := bytes.Repeat([]byte{0}, size)
	const head = "\x01" + "\x01" + "\x02us\x01" + "\x01" + "\x00" + "\x01" + "\x00"
	count := "\x80\x80\x08" // 2^17, a quarter of the filler
	for name, body := range map[string]string{
		"origins":              "\x01" + count + string(filler),
		"events":               head + count + string(filler),
		"smallest real events": head + count + string(bytes.Repeat([]byte("\x02\x01k\x00\x00"), size/4)),
		"events that are cut":  head + "\xff\xff\x7f",
		"origins that are cut": "\x01\xff\xff\x7f" + "\x02us\x01",
		"dots":                 head + "\x01" + "\x03" + "\x01k" + "\x01t" + count + string(filler),
	} {
		payload := seal(body)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _ = region.Decode(payload)
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > most*uint64(len(payload))+10_000 {
			t.Errorf("%s: %d bytes made Decode take %d", name, len(payload), got)
		}
	}
}
