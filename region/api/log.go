package api

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"pangea/crdt"
	"pangea/region"
)

const (
	maxPage   = 8 << 20  // bytes of a page of a log, but for its last entry
	pageChunk = 64 << 10 // bytes that are sent at once
)

// getLog answers with entries from ?from=epoch.seq on, framed, as many as fit a page.
// An empty page means that the region holds no later one.
func (c *call) getLog() error {
	query, err := c.query()
	if err != nil {
		return err
	}
	if !c.api.knows(c.key) {
		return noRoute.because("Ask for the log of a region in topology.yaml: %v.", c.api.cfg.Topology.Names())
	}
	origin, from, err := logPosition(c.key, query.Get("from"))
	if err != nil {
		return err
	}
	if query.Get("gap") == "1" && c.key == c.api.cfg.Region {
		c.api.cfg.OnGap(from)
	}
	c.ctx = c.api.deadlines.after(c.api.cfg.Timeout, c.start)
	records, err := c.api.Log(c.ctx, origin, from, maxPage)
	if errors.Is(err, region.ErrTrimmed) {
		return trimmed.because("Ask another region, or take a snapshot: entry %d of %s is no longer kept.", from, origin)
	}
	if err != nil {
		return err
	}
	c.head(http.StatusOK, binary)
	c.req.Response.Header.Set("X-Log-Origin", origin.String())
	c.stream(func(w io.Writer) error { return writePage(w, records) }, func() {})
	return nil
}

func writePage(w io.Writer, records []region.Record) error {
	page := bufio.NewWriterSize(w, pageChunk)
	for _, record := range records {
		if err := region.WriteFrame(page, record.Payload); err != nil {
			return err
		}
	}
	return page.Flush()
}

// logPosition reads "epoch.seq", both from 1.
func logPosition(name, from string) (crdt.Origin, uint64, error) {
	epoch, seq, _ := strings.Cut(from, ".")
	e, err := strconv.ParseUint(epoch, 10, 32)
	s, err2 := strconv.ParseUint(seq, 10, 63)
	if err != nil || err2 != nil || e == 0 || s == 0 {
		return crdt.Origin{}, 0, malformed.because("Use ?from=epoch.seq, such as ?from=1.17, not %.32q.", from)
	}
	return crdt.Origin{Region: name, Epoch: uint32(e)}, s, nil
}
