package api

import (
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
	d := donation{call: c, link: http.NewResponseController(c.w)}
	if c.r.Method == http.MethodHead {
		d.begin()
		return nil
	}
	select {
	case c.api.donations <- struct{}{}:
		defer func() { <-c.api.donations }()
		return d.send(peer)
	default:
		c.api.metrics.refused.Inc()
		return busy.because("Ask another region, or this one later: it is sending its snapshot to %d others.", maxDonations)
	}
}

// donation is a snapshot on its way to a peer.
type donation struct {
	*call
	link  *http.ResponseController
	begun bool // the status was sent: only the connection can tell of an error now
	bytes int
}

// send sends the snapshot, however long that takes, as long as the peer goes on taking
// it. An error after the first byte breaks the connection, so that the peer sees one too.
func (d *donation) send(peer string) error {
	m, log := d.api.metrics, d.api.cfg.Logger.With("for", peer)
	m.donating.Inc()
	defer m.donating.Dec()
	start := time.Now()
	err := d.api.Snapshot(d.ctx, peer, d)
	took := time.Since(start).Round(time.Millisecond)
	switch {
	case err == nil:
		m.sent.Inc()
		log.Info("snapshot sent", "bytes", d.bytes, "took", took)
		return nil
	case !d.begun:
		m.refused.Inc()
		return err
	default:
		m.broken.Inc()
		log.Warn("snapshot broken off: the peer starts over", "bytes", d.bytes, "took", took, "err", err)
		panic(http.ErrAbortHandler)
	}
}

// Write sends one chunk, which the peer must take within the time for one.
func (d *donation) Write(chunk []byte) (int, error) {
	if err := d.link.SetWriteDeadline(time.Now().Add(d.api.cfg.ChunkTimeout)); err != nil {
		return 0, err
	}
	if !d.begun {
		d.begin()
	}
	n, err := d.w.Write(chunk)
	d.bytes += n
	d.api.metrics.donated.Add(float64(n))
	if err != nil {
		return n, err
	}
	return n, d.link.Flush() // the first chunk is small, and tells the peer that more comes
}

func (d *donation) begin() {
	d.w.Header()["Content-Type"] = binary
	d.begun, d.status = true, http.StatusOK
	d.w.WriteHeader(http.StatusOK)
}
