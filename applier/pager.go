package applier

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"pangea/crdt"
	"pangea/region"
)

// pageTimeout bounds the reading of one page of up to 8 MiB, and its storing.
const pageTimeout = time.Minute

// pager reads logs over HTTP, a page at a time, from what a region holds of them.
type pager struct {
	address                 func(region string) string
	client                  *http.Client
	batchEvents, batchBytes int
	// deliver stores a batch that was read at a holder.
	deliver func(ctx context.Context, holder string, b *batch) error
}

// newClient gives up on a region that accepts a connection and then says nothing.
func newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		ResponseHeaderTimeout: 5 * time.Second,
		IdleConnTimeout:       30 * time.Second,
		MaxIdleConnsPerHost:   relayed,
	}}
}

// pull delivers one page of a log. It returns the position after that: at itself if
// holder has no more. Gap tells the holder, if the log is its own, that its stream did
// not serve the entry. The error wraps region.ErrTrimmed if holder has dropped it, and
// is a stopError if what holder has cannot be continued with.
func (p *pager) pull(ctx context.Context, holder string, log crdt.Origin, at tail, gap bool) (tail, error) {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout)
	defer cancel()
	page, err := p.open(ctx, holder, log, at.seq+1, gap)
	if err != nil {
		return at, fmt.Errorf("%w of %s at %s: %w", errLogRead, log, holder, err)
	}
	defer page.Close()
	frames := bufio.NewReader(page)
	for {
		b := batch{origin: log, end: at}
		failed := b.fill(p.batchEvents, p.batchBytes, func() ([]byte, error) {
			return region.ReadFrame(frames)
		})
		if err := p.deliver(ctx, holder, &b); err != nil {
			return at, err
		}
		switch at = b.end; {
		case failed == io.EOF:
			return at, nil
		case unusable(failed):
			return at, &stopError{error: fmt.Errorf("the log at %s: %w", holder, failed), holder: holder}
		case failed != nil:
			return at, fmt.Errorf("%w of %s at %s: %w", errLogRead, log, holder, failed)
		}
	}
}

// open asks holder for the entries from seq on: GET /log/us?from=1.17.
func (p *pager) open(ctx context.Context, holder string, log crdt.Origin, seq uint64, gap bool) (io.ReadCloser, error) {
	query := url.Values{"from": {fmt.Sprintf("%d.%d", log.Epoch, seq)}}
	if gap {
		query.Set("gap", "1")
	}
	u := url.URL{Scheme: "http", Host: p.address(holder), Path: "/log/" + log.Region, RawQuery: query.Encode()}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return nil, err
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return resp.Body, nil
	case http.StatusGone:
		defer resp.Body.Close()
		return nil, region.ErrTrimmed
	default:
		defer resp.Body.Close()
		reason, _ := io.ReadAll(io.LimitReader(resp.Body, 512)) // the status alone will do
		return nil, fmt.Errorf("%s answers %s: %s", u.String(), resp.Status, strings.TrimSpace(string(reason)))
	}
}
