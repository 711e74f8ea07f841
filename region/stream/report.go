package stream

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"pangea/crdt"
	"pangea/region"
)

func reportSubject(name string) string { return "position." + name }

// report is region.Report as it travels: readable with `nats sub 'position.*'`. A
// field that a reader does not know is ignored, so that fields can be added.
type report struct {
	Origin   string          `json:"origin"`
	Head     head            `json:"head"`
	Stored   string          `json:"stored"`
	Applied  string          `json:"applied"`
	Ordinals string          `json:"ordinals"`
	Ready    bool            `json:"ready"`
	SentAt   time.Time       `json:"sent_at"`
	Echoes   map[string]echo `json:"echoes,omitempty"`
}

type head struct {
	Seq      uint64 `json:"seq"`
	Ordinal  uint64 `json:"ordinal"`
	Checksum string `json:"checksum"`
}

type echo struct {
	SentAt     time.Time `json:"sent_at"`
	ReceivedAt time.Time `json:"received_at"`
}

func encodeReport(r region.Report) ([]byte, error) {
	w := report{
		Origin:   r.Origin.String(),
		Head:     head{Seq: r.Head.Seq, Ordinal: r.Head.Ordinal, Checksum: r.Head.Checksum.String()},
		Stored:   r.Stored.String(),
		Applied:  r.Applied.String(),
		Ordinals: r.Ordinals.String(),
		Ready:    r.Ready,
		SentAt:   r.SentAt,
		Echoes:   make(map[string]echo, len(r.Echoes)),
	}
	for peer, e := range r.Echoes {
		w.Echoes[peer] = echo(e)
	}
	return json.Marshal(w)
}

func decodeReport(payload []byte) (r region.Report, err error) {
	var w report
	if err := json.Unmarshal(payload, &w); err != nil {
		return r, err
	}
	r = region.Report{
		Head:   region.Head{Seq: w.Head.Seq, Ordinal: w.Head.Ordinal},
		Ready:  w.Ready,
		SentAt: w.SentAt,
		Echoes: make(map[string]region.Echo, len(w.Echoes)),
	}
	for peer, e := range w.Echoes {
		r.Echoes[peer] = region.Echo(e)
	}
	if r.Origin, err = crdt.ParseOrigin(w.Origin); err != nil {
		return r, err
	}
	sum, err := hex.DecodeString(w.Head.Checksum)
	if err != nil || len(sum) != len(r.Head.Checksum) {
		return r, fmt.Errorf("checksum %q is not %d bytes in hexadecimal", w.Head.Checksum, len(r.Head.Checksum))
	}
	r.Head.Checksum = region.Checksum(sum)
	if r.Stored, err = crdt.ParseVector(w.Stored); err != nil {
		return r, fmt.Errorf("stored: %w", err)
	}
	if r.Applied, err = crdt.ParseVector(w.Applied); err != nil {
		return r, fmt.Errorf("applied: %w", err)
	}
	if r.Ordinals, err = crdt.ParseVector(w.Ordinals); err != nil {
		return r, fmt.Errorf("ordinals: %w", err)
	}
	return r, nil
}
