package stream

import (
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pangea/crdt"
	"pangea/region"
)

// home is a region's connection to where its own stream is kept: the server that it
// embeds, or a cluster.
type home struct {
	region  string
	conn    *nats.Conn
	storage storage
}

// storage is how a stream is kept.
type storage struct {
	maxBytes int64
	replicas int
	dir      string        // of the stream's files; "" if they are on other machines
	patience time.Duration // with an acknowledgement
}

// Log is the stream for the log of origin. It may not exist yet: Tail tells.
func (h *home) Log(origin crdt.Origin) (*Log, error) {
	js, err := jetstream.New(h.conn,
		jetstream.WithPublishAsyncMaxPending(256),
		jetstream.WithPublishAsyncTimeout(h.storage.patience))
	if err != nil {
		return nil, err
	}
	return &Log{origin: origin, storage: h.storage, js: js}, nil
}

// PublishReport sends r to every peer that is connected.
func (h *home) PublishReport(r region.Report) error {
	payload, err := encodeReport(r)
	if err != nil {
		return fmt.Errorf("encode report: %w", err)
	}
	if err := h.conn.Publish(reportSubject(h.region), payload); err != nil {
		return fmt.Errorf("publish report: %w", err)
	}
	return nil
}
