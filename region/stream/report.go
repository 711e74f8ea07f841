package stream

import (
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
	Origin    string          `json:"origin"`
	Instance  string          `json:"instance"`
	Head      head            `json:"head"`
	Stored    string          `json:"stored"`
	Applied   string          `json:"applied"`
	Ordinals  string          `json:"ordinals"`
	Floors    string          `json:"floors,omitempty"`
	Ready     bool            `json:"ready"`
	Needs     bool            `json:"needs,omitempty"`
	Unproven  bool            `json:"unproven,omitempty"`
	Salvaging bool            `json:"salvaging,omitempty"`
	SentAt    time.Time       `json:"sent_at"`
	Echoes    map[string]echo `json:"echoes,omitempty"`

	Sums map[crdt.Origin]region.Checksum `json:"sums,omitempty"`
}

type head struct {
	Seq      uint64          `json:"seq"`
	Ordinal  uint64          `json:"ordinal"`
	Checksum region.Checksum `json:"checksum"`
}

type echo struct {
	Instance   string    `json:"instance"`
	SentAt     time.Time `json:"sent_at"`
	ReceivedAt time.Time `json:"received_at"`
}

func encodeReport(r region.Report) ([]byte, error) {
	w := report{
		Origin:    r.Origin.String(),
		Instance:  r.Instance,
		Head:      head{Seq: r.Head.Seq, Ordinal: r.Head.Ordinal, Checksum: r.Head.Checksum},
		Stored:    r.Stored.String(),
		Applied:   r.Applied.String(),
		Ordinals:  r.Ordinals.String(),
		Floors:    r.Floors.String(),
		Ready:     r.Ready,
		Needs:     r.Needs,
		Unproven:  r.Unproven,
		Salvaging: r.Salvaging,
		SentAt:    r.SentAt,
		Echoes:    make(map[string]echo, len(r.Echoes)),
		Sums:      r.Sums,
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
		Instance:  w.Instance,
		Head:      region.Head{Seq: w.Head.Seq, Ordinal: w.Head.Ordinal, Checksum: w.Head.Checksum},
		Ready:     w.Ready,
		Needs:     w.Needs,
		Unproven:  w.Unproven,
		Salvaging: w.Salvaging,
		SentAt:    w.SentAt,
		Echoes:    make(map[string]region.Echo, len(w.Echoes)),
		Sums:      w.Sums,
	}
	for peer, e := range w.Echoes {
		r.Echoes[peer] = region.Echo(e)
	}
	if r.Origin, err = crdt.ParseOrigin(w.Origin); err != nil {
		return r, err
	}
	if r.Stored, err = crdt.ParseVector(w.Stored); err != nil {
		return r, fmt.Errorf("stored: %w", err)
	}
	if r.Applied, err = crdt.ParseVector(w.Applied); err != nil {
		return r, fmt.Errorf("applied: %w", err)
	}
	if r.Ordinals, err = crdt.ParseVector(w.Ordinals); err != nil {
		return r, fmt.Errorf("ordinals: %w", err)
	}
	if r.Floors, err = crdt.ParseVector(w.Floors); err != nil {
		return r, fmt.Errorf("floors: %w", err)
	}
	return r, nil
}
