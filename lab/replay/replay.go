package replay

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/google/uuid"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
	"pangea/region/snapshot"
	"pangea/region/store"
	"pangea/region/writer"
)

// Config says where to, and from whom.
type Config struct {
	// DSN is of an empty database.
	DSN string
	// Holder is the base URL of who is asked for the logs of a region.
	Holder func(region string) string
}

// Finding is a database that was made from a snapshot and logs.
type Finding struct {
	From    string        `json:"from"` // the vector of the snapshot
	To      string        `json:"to"`
	Rows    int64         `json:"rows"`    // of the snapshot
	Entries uint64        `json:"entries"` // that were replayed
	Took    time.Duration `json:"took_ns"`
	Digest  region.Digest `json:"digest"`
}

// self is the region of the database. No topology has it.
const self = "replay"

// within bounds a replay.
const within = 10 * time.Minute

// errEnded: nobody applies any more what is delivered.
var errEnded = errors.New("the writer has ended")

// Run restores the snapshot, and replays the logs up to a vector, within 10 min.
func Run(ctx context.Context, cfg Config, from io.Reader, to crdt.Vector) (*Finding, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	r, err := open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer r.store.Close()
	ctx, stop := context.WithCancelCause(ctx)
	ended := make(chan error, 1)
	go func() {
		err := r.writer.Run(ctx)
		stop(cmp.Or(err, errEnded))
		ended <- err
	}()
	f, err := r.replay(ctx, from, to)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%w: %w", err, context.Cause(ctx))
	}
	stop(nil)
	return f, cmp.Or(err, <-ended)
}

// replayed is the parts of a region that make its state.
type replayed struct {
	cfg     Config
	store   *store.Store
	tracker *position.Tracker
	writer  *writer.Writer
}

func open(ctx context.Context, cfg Config) (*replayed, error) {
	s, err := store.Open(ctx, store.Config{DSN: cfg.DSN, Region: self})
	if err != nil {
		return nil, err
	}
	r := &replayed{cfg: cfg, store: s, tracker: position.New(self, uuid.NewString(), time.Now)}
	if r.writer, err = writer.New(writer.Config{Region: self}, s, r.tracker); err != nil {
		s.Close()
		return nil, err
	}
	return r, nil
}

func (r *replayed) replay(ctx context.Context, from io.Reader, to crdt.Vector) (*Finding, error) {
	begun := time.Now()
	s, err := snapshot.NewReader(from)
	if err != nil {
		return nil, err
	}
	if err := r.writer.Join(ctx, s); err != nil {
		return nil, fmt.Errorf("restore the snapshot of %s: %w", s.Header.Donor, err)
	}
	f := &Finding{From: s.Header.Vector().String(), To: to.String()}
	f.Rows, _ = s.Progress()
	for _, log := range to.Origins() {
		n, err := r.read(ctx, log, to[log])
		if err != nil {
			return nil, fmt.Errorf("replay the log of %s: %w", log, err)
		}
		f.Entries += n
	}
	if err := r.tracker.WaitApplied(ctx, to); err != nil {
		return nil, fmt.Errorf("wait until %s is applied: %w", to, err)
	}
	f.Took = time.Since(begun)
	f.Digest, err = r.store.Digest(ctx, 0, -1)
	return f, err
}

// batch is how many entries are delivered at once.
const batch = 256

// read delivers a log, from the entry after the last that is stored up to one.
func (r *replayed) read(ctx context.Context, log crdt.Origin, end uint64) (n uint64, err error) {
	for {
		stored, _ := r.writer.Stored(log)
		if stored >= end {
			return n, nil
		}
		entries, err := r.page(ctx, log, stored+1, end)
		if err != nil {
			return n, err
		}
		if len(entries) == 0 {
			return n, fmt.Errorf("the page from entry %d on is empty, and entry %d is to come", stored+1, end)
		}
		for run := range slices.Chunk(entries, batch) {
			if err := r.writer.Deliver(ctx, run); err != nil {
				return n, err
			}
			n += uint64(len(run))
		}
	}
}

// page is what a holder sends of a log from one entry on, up to another.
func (r *replayed) page(ctx context.Context, log crdt.Origin, from, to uint64) (entries []*region.Entry, err error) {
	body, err := get(ctx, fmt.Sprintf("%s/log/%s?from=%d.%d", r.cfg.Holder(log.Region), log.Region, log.Epoch, from))
	if err != nil {
		return nil, err
	}
	defer body.Close()
	for frames := bufio.NewReader(body); ; {
		payload, err := region.ReadFrame(frames)
		if err == io.EOF {
			return entries, nil
		}
		if err != nil {
			return nil, err
		}
		e, err := region.Decode(payload)
		if err != nil {
			return nil, err
		}
		if e.Seq > to {
			return entries, nil
		}
		entries = append(entries, e)
	}
}
