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

// newClient gives up on a peer that accepts a connection and then says nothing.
func newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		ResponseHeaderTimeout: 5 * time.Second,
		IdleConnTimeout:       30 * time.Second,
		MaxIdleConnsPerHost:   1,
	}}
}

// pull delivers one page of a log, from what holder has of it. It returns the
// position after that: at itself if holder has no more. The origin is told that its
// stream did not serve the entry, if gap is set.
func (a *Applier) pull(ctx context.Context, holder string, origin crdt.Origin, at position, gap bool) (position, error) {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout)
	defer cancel()
	page, err := a.open(ctx, holder, origin, at.seq+1, gap)
	if err != nil {
		return at, fmt.Errorf("%w of %s at %s: %w", errLogRead, origin, holder, err)
	}
	defer page.Close()
	frames := bufio.NewReader(page)
	for {
		b := batch{origin: origin, end: at}
		failed := b.fill(a.cfg.BatchEvents, a.cfg.BatchBytes, func() ([]byte, error) {
			return region.ReadFrame(frames)
		})
		if err := a.deliver(ctx, &b); err != nil {
			return at, err
		}
		a.metrics.logReads.WithLabelValues(holder).Add(float64(len(b.entries)))
		switch at = b.end; {
		case failed == io.EOF:
			return at, nil
		case unusable(failed):
			return at, &stopError{fmt.Errorf("the log at %s: %w", holder, failed)}
		case failed != nil:
			return at, fmt.Errorf("%w of %s at %s: %w", errLogRead, origin, holder, failed)
		}
	}
}

// open asks holder for the entries from seq on: GET /log/us?from=1.17.
func (a *Applier) open(ctx context.Context, holder string, origin crdt.Origin, seq uint64, gap bool) (io.ReadCloser, error) {
	query := url.Values{"from": {fmt.Sprintf("%d.%d", origin.Epoch, seq)}}
	if gap {
		query.Set("gap", "1")
	}
	u := url.URL{Scheme: "http", Host: a.cfg.Address(holder), Path: "/log/" + origin.Region, RawQuery: query.Encode()}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := a.client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		defer resp.Body.Close()
		reason, _ := io.ReadAll(io.LimitReader(resp.Body, 512)) // the status alone will do
		return nil, fmt.Errorf("%s answers %s: %s", u.String(), resp.Status, strings.TrimSpace(string(reason)))
	}
	return resp.Body, nil
}

// relay reads the logs of a silent peer from whoever holds more of them, until there
// is no more or the peer is heard again.
func (a *Applier) relay(ctx context.Context) error {
	if a.cfg.RelayAfter == 0 {
		return nil
	}
	for _, origin := range a.holders.Origins(a.cfg.Peer) {
		for a.holders.Silent(a.cfg.Peer) >= a.cfg.RelayAfter {
			at := a.stored(origin)
			holder, ok := a.holders.Holder(origin, at.seq)
			if !ok {
				break
			}
			next, err := a.pull(ctx, holder, origin, at, false)
			if err != nil {
				return err
			}
			if next == at {
				break // the report was ahead of the page: ask again at the next poll
			}
		}
	}
	return nil
}
