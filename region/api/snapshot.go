package api

import (
	"context"
	"errors"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"slices"
	"time"
)

// maxDonations is how many peers may be sent a snapshot at once. Each holds a
// transaction open, and with it what vacuum could take away meanwhile.
const maxDonations = 2

// getSnapshot sends the region's whole state to the peer ?for=. A region that is not
// ready does so too: two that have forgotten each other's logs join each other.
func (c *call) getSnapshot() error {
	query, err := c.query()
	if err != nil {
		return err
	}
	peer := query.Get("for")
	if !slices.Contains(c.api.peers, peer) {
		return malformed.because("Use a ?for= of %v, the region that is to join this one's snapshot, not %.32q.", c.api.peers, peer)
	}
	if c.req.IsHead() {
		c.head(http.StatusOK, binary)
		return nil
	}
	select {
	case c.api.donations <- struct{}{}:
		return c.donate(peer)
	default:
		c.api.metrics.refused.Inc()
		return busy.because("Ask another region, or this one later: it is sending its snapshot to %d others.", maxDonations)
	}
}

// donation is a snapshot on its way to a peer, a chunk at a time.
type donation struct {
	*call
	next  func() ([]byte, error, bool)
	stop  func()
	slow  *time.Timer // ends the snapshot
	log   *slog.Logger
	bytes int
}

// donate answers with a snapshot, of which it has made the first chunk: an error before
// that is an answer.
func (c *call) donate(peer string) error {
	ctx, cancel := context.WithCancel(c.ctx)
	c.ctx = ctx
	d := donation{call: c, log: c.api.cfg.Logger.With("peer", peer), slow: time.AfterFunc(c.api.cfg.ChunkTimeout, cancel)}
	d.next, d.stop = iter.Pull2(c.chunks(peer))
	c.api.metrics.donating.Inc()
	defer func() {
		if !c.streams {
			d.close()
		}
	}()
	first, err, _ := d.chunk()
	if err != nil {
		c.api.metrics.refused.Inc()
		return err
	}
	c.head(http.StatusOK, binary)
	c.stream(func(w io.Writer) error { return d.send(w, first) }, d.close)
	return nil
}

// chunk makes the next one, for which the database has as long as the peer has to take it.
func (d *donation) chunk() ([]byte, error, bool) {
	d.slow.Reset(d.api.cfg.ChunkTimeout)
	defer d.slow.Stop()
	return d.next()
}

func (d *donation) close() {
	d.stop()
	d.api.metrics.donating.Dec()
	<-d.api.donations
}

// send sends the snapshot, however long that takes, as long as the peer goes on taking
// it. An error breaks the connection, so that the peer sees one too.
func (d *donation) send(w io.Writer, chunk []byte) (err error) {
	for more := true; more && err == nil; {
		if err = d.write(w, chunk); err == nil {
			chunk, err, more = d.chunk()
		}
	}
	m, took := d.api.metrics, time.Since(d.start).Round(time.Millisecond)
	if err != nil {
		m.broken.Inc()
		d.log.Warn("snapshot broken off: the peer starts over", "bytes", d.bytes, "took", took, "err", err)
		return err
	}
	m.sent.Inc()
	d.log.Info("snapshot sent", "bytes", d.bytes, "took", took)
	return nil
}

// write sends one chunk, which the peer must take within the time for one.
func (d *donation) write(w io.Writer, chunk []byte) error {
	if err := d.req.SetWriteDeadline(time.Now().Add(d.api.cfg.ChunkTimeout)); err != nil {
		return err
	}
	n, err := w.Write(chunk)
	d.bytes += n
	d.api.metrics.donated.Add(float64(n))
	return err
}

// chunks are what a snapshot for peer writes, and the error that it ends with.
func (c *call) chunks(peer string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if err := c.api.Snapshot(c.ctx, peer, yielding(yield)); err != nil {
			yield(nil, err)
		}
	}
}

// yielding is a writer whose chunks go to the loop over them.
type yielding func([]byte, error) bool

// Write implements io.Writer.
func (y yielding) Write(chunk []byte) (int, error) {
	if !y(chunk, nil) {
		return 0, errPeerGone
	}
	return len(chunk), nil
}

var errPeerGone = errors.New("the peer takes no more")
