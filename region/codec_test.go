package region_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"pangea/crdt"
	"pangea/region"
)

var sameEntry = cmp.Options{cmpopts.EquateEmpty(), cmpopts.EquateApproxTime(0)}

func TestEntry_RoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want, prev := anEntry().Draw(t, "entry"), aChecksum(t)
		want.Encode(make([]byte, rapid.IntRange(0, 99).Draw(t, "buffer")), prev)
		got, err := region.Decode(want.Payload)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, sameEntry); diff != "" {
			t.Fatalf("want -, got +:\n%s", diff)
		}
		if !got.Follows(prev) {
			t.Fatal("does not follow the entry before it")
		}
		first := bytes.Clone(want.Payload)
		if got.Encode(nil, prev); !bytes.Equal(got.Payload, first) {
			t.Fatalf("encodes again as %x, was %x", got.Payload, first)
		}
	})
}

func TestEvent_RoundTrip(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.Class().String(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				e := sample(0)
				e.Deps[origins[3]] = 1
				e.Events = rapid.SliceOfN(anEvent(k), 1, 4).Draw(t, "events")
				e.Encode(nil, region.Checksum{})
				got, err := region.Decode(e.Payload)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(e.Events, got.Events, sameEntry); diff != "" {
					t.Fatalf("want -, got +:\n%s", diff)
				}
			})
		})
	}
}

// TestEntry_WireFormat holds the bytes: they are stored in every outbox and
// inbox, so a change of them is a new formatVersion.
func TestEntry_WireFormat(t *testing.T) {
	us, eu := crdt.Origin{Region: "us", Epoch: 1}, crdt.Origin{Region: "eu", Epoch: 2}
	e := &region.Entry{
		Origin: us, Seq: 3, Deps: crdt.Vector{us: 2, eu: 300}, FirstOrdinal: 5, CommittedAt: time.UnixMicro(1),
		Events: []region.Event{
			{Kind: region.ProfilePut, Key: "k", Stamp: 1, Value: "7"},
			{Kind: region.CounterSet, Key: "k", PN: crdt.PN{P: 2, N: 1}},
			{Kind: region.TagAdd, Key: "t", Member: "go", Dots: []crdt.Dot{{Origin: eu, Ordinal: 9, Seq: 8}}},
			{Kind: region.TagRemove, Key: "t", Member: "go"},
			{Kind: region.PrefSet, Key: "p", Member: "f", Stamp: 2, Null: true},
			{Kind: region.HandleSet, Key: "h", Stamp: 3, Value: "me"},
		},
	}
	e.Encode(nil, region.Checksum{})
	want := "\x01" + // version
		"\x02" + "\x02us\x01" + "\x02eu\x02" + // origins
		"\x03" + "\x02" + "\xac\x02" + // seq, deps
		"\x05" + "\x02" + // first ordinal, committed at
		"\x06" +
		"\x01" + "\x01k" + "\x02" + "\x017" +
		"\x02" + "\x00" + "\x02\x01" + // same key
		"\x03" + "\x01t" + "\x02go" + "\x01" + "\x01\x09\x08" +
		"\x04" + "\x00" + "\x02go" + "\x00" +
		"\x05" + "\x01p" + "\x01f" + "\x04" + "\x01" +
		"\x06" + "\x01h" + "\x06" + "\x00" + "\x02me"
	if body, _ := split(e.Payload); string(body) != want {
		t.Errorf("got  %q\nwant %q", body, want)
	}
	if got, want := e.Checksum.String(), "38f558b9e7d07281ed62782ce7d56e67"; got != want {
		t.Errorf("got checksum %s, want %s", got, want)
	}
}

// TestDecode_FlippedBits: whatever flips, the entry is refused or does not follow.
func TestDecode_FlippedBits(t *testing.T) {
	e := sample(len(kinds))
	e.Encode(nil, region.Checksum{7})
	for at := range e.Payload {
		for bit := range 8 {
			payload := bytes.Clone(e.Payload)
			payload[at] ^= 1 << bit
			got, err := region.Decode(payload)
			if err == nil && got.Follows(region.Checksum{7}) {
				t.Fatalf("bit %d of byte %d is not noticed", bit, at)
			}
			if err != nil && !errors.Is(err, region.ErrCorrupt) && !errors.Is(err, region.ErrNewer) {
				t.Fatalf("bit %d of byte %d: %v", bit, at, err)
			}
		}
	}
}

func TestDecode_Truncated(t *testing.T) {
	e := sample(len(kinds))
	e.Encode(nil, region.Checksum{})
	for n := range e.Payload {
		got, err := region.Decode(e.Payload[:n])
		if err == nil && got.Follows(region.Checksum{}) {
			t.Fatalf("the first %d of %d bytes follow", n, len(e.Payload))
		}
		if err != nil && !errors.Is(err, region.ErrCorrupt) {
			t.Fatalf("the first %d bytes: %v", n, err)
		}
	}
	if _, err := region.Decode(nil); !errors.Is(err, region.ErrCorrupt) {
		t.Errorf("nothing at all: %v", err)
	}
}

// TestDecode_Newer: an entry of a later build says so before anything else is
// read, as the rest may have any form.
func TestDecode_Newer(t *testing.T) {
	for _, payload := range [][]byte{{2}, {255, 1, 2, 3}} {
		if _, err := region.Decode(payload); !errors.Is(err, region.ErrNewer) {
			t.Errorf("% x: %v", payload, err)
		}
	}
}

// TestDecode_ImpossibleValues seals bodies that no writer makes: the checksum is
// right, and still they are refused whole.
func TestDecode_ImpossibleValues(t *testing.T) {
	const (
		head  = "\x01" + "\x01" + "\x02us\x01" + "\x01" + "\x00" + "\x01" + "\x00"
		big   = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
		event = "\x01" + "\x01" + "\x01k"
	)
	for name, body := range map[string]string{
		"version 0":                    "\x00" + head[1:] + event + "\x00" + "\x00",
		"no origin":                    "\x01" + "\x00" + "\x01" + "\x01" + "\x00" + "\x00",
		"an origin without a name":     "\x01" + "\x01" + "\x00\x01" + "\x01" + "\x00" + "\x01" + "\x00" + "\x00",
		"epoch 0":                      "\x01" + "\x01" + "\x02us\x00" + "\x01" + "\x00" + "\x01" + "\x00" + "\x00",
		"an epoch that wraps to 1":     "\x01" + "\x01" + "\x02us\x81\x80\x80\x80\x10" + "\x01" + "\x00" + "\x01" + "\x00" + "\x00",
		"one origin twice":             "\x01" + "\x02" + "\x02us\x01\x02us\x01" + "\x01" + "\x00\x00" + "\x01" + "\x00" + "\x00",
		"seq 0":                        "\x01" + "\x01" + "\x02us\x01" + "\x00" + "\x00" + "\x01" + "\x00" + "\x00",
		"ordinal 0":                    "\x01" + "\x01" + "\x02us\x01" + "\x01" + "\x00" + "\x00" + "\x00" + "\x00",
		"more events than bytes":       head + big,
		"more origins than bytes":      "\x01" + big + "\x02us\x01",
		"an unknown kind":              head + "\x01" + "\x07" + "\x02kk",
		"kind 0":                       head + "\x01" + "\x00" + "\x02kk",
		"no key":                       head + "\x01" + "\x01" + "\x00" + "\x00" + "\x00",
		"a key past the end":           head + "\x01" + "\x01" + "\x7f" + "kkk",
		"a negative stamp":             head + event + "\x01" + "\x00",
		"a varint past 64 bits":        head + event + "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02" + "\x00",
		"a varint of eleven bytes":     head + event + "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00" + "\x00",
		"a share past its bound":       head + "\x01" + "\x02" + "\x01k" + "\x81\x80\x80\x80\x80\x80\x80\x80\x10" + "\x00",
		"a negative share":             head + "\x01" + "\x02" + "\x01k" + "\x00" + big,
		"a dot of an unlisted origin":  head + "\x01" + "\x03" + "\x01k" + "\x01t" + "\x01" + "\x01\x01\x01",
		"more dots than bytes":         head + "\x01" + "\x03" + "\x01k" + "\x01t" + big,
		"a null that is neither":       head + "\x01" + "\x06" + "\x01k" + "\x00" + "\x02" + "\x00",
		"bytes after the last event":   head + "\x00" + "\x00",
		"a version and nothing else":   "\x01",
		"an event less than announced": head + "\x02" + event[1:] + "\x00" + "\x00",
	} {
		if got, err := region.Decode(seal(body)); !errors.Is(err, region.ErrCorrupt) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	for name, body := range map[string]string{
		"the one that these are variations of": head + event + "\x00" + "\x00",
		"the smallest events":                  head + "\x02" + event[1:] + "\x00" + "\x00" + "\x01" + "\x00" + "\x00" + "\x00",
	} {
		if _, err := region.Decode(seal(body)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEntry_EncodeRefusesADotFromNowhere(t *testing.T) {
	e := sample(1)
	e.Events[0] = region.Event{Kind: region.TagAdd, Key: "k", Member: "t", Dots: []crdt.Dot{{Origin: origins[3], Ordinal: 1, Seq: 1}}}
	defer func() {
		if recover() == nil {
			t.Error("an entry was made that nobody can decode")
		}
	}()
	e.Encode(nil, region.Checksum{})
}

// TestEntry_ChecksumChain: an entry follows one history only (I14).
func TestEntry_ChecksumChain(t *testing.T) {
	var prev region.Checksum
	var log []*region.Entry
	for i := range 4 {
		e := sample(i + 1)
		e.Encode(nil, prev)
		if !e.Follows(prev) {
			t.Fatalf("entry %d does not follow", i)
		}
		log, prev = append(log, e), e.Checksum
	}
	if log[3].Follows(log[1].Checksum) {
		t.Error("an entry was left out, and it is not noticed")
	}
	if log[2].Follows(log[2].Checksum) {
		t.Error("an entry follows itself")
	}
	other := sample(2)
	other.Events[0].Value += " "
	other.Encode(nil, log[0].Checksum)
	if log[2].Follows(other.Checksum) {
		t.Error("one history continues another")
	}
}

func TestEntry_LastOrdinal(t *testing.T) {
	e := sample(3)
	if got, want := e.LastOrdinal(), e.FirstOrdinal+2; got != want {
		t.Errorf("got %d, want %d", got, want)
	}
}

func aChecksum(t *rapid.T) region.Checksum {
	return region.Checksum(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "checksum"))
}

func split(payload []byte) (body, checksum []byte) {
	at := len(payload) - len(region.Checksum{})
	return payload[:at], payload[at:]
}

// seal makes a payload of a body, as the first entry of a log.
func seal(body string) []byte {
	sum := region.Checksum{}.Next([]byte(body))
	return append([]byte(body), sum[:]...)
}
