package seed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

var errSilent = errors.New("the donor sends nothing more")

// newClient gives up on a donor that does not begin to answer. A snapshot takes a
// connection of its own.
func newClient(answer time.Duration) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		ResponseHeaderTimeout: answer,
		DisableKeepAlives:     true,
	}}
}

// open asks donor for its snapshot. The stream must be closed.
func (s *Seeder) open(ctx context.Context, donor string) (io.ReadCloser, error) {
	u := url.URL{
		Scheme: "http", Host: s.cfg.Address(donor), Path: "/snapshot",
		RawQuery: url.Values{"for": {s.cfg.Region}}.Encode(),
	}
	ctx, cancel := context.WithCancelCause(ctx)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		cancel(nil)
		return nil, err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		cancel(nil)
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		defer cancel(nil)
		defer resp.Body.Close()
		reason, _ := io.ReadAll(io.LimitReader(resp.Body, 512)) // the status alone will do
		return nil, fmt.Errorf("%s answers %s: %s", u.String(), resp.Status, strings.TrimSpace(string(reason)))
	}
	return &stream{ctx: ctx, cancel: cancel, body: resp.Body, idle: s.cfg.IdleTimeout}, nil
}

// stream ends a body that stands still. Only time spent reading counts: a reader that
// takes its time is no fault of the donor's.
type stream struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	body   io.ReadCloser
	idle   time.Duration
}

func (s *stream) Read(b []byte) (int, error) {
	silent := time.AfterFunc(s.idle, func() { s.cancel(errSilent) })
	defer silent.Stop()
	n, err := s.body.Read(b)
	if err != nil && err != io.EOF && context.Cause(s.ctx) == errSilent {
		err = fmt.Errorf("%w: for %s", errSilent, s.idle)
	}
	return n, err
}

func (s *stream) Close() error {
	s.cancel(nil)
	return s.body.Close()
}
