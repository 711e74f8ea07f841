package router

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"
)

// watcher checks one region over the path its requests take.
type watcher struct {
	world  *world
	index  int
	client http.Client
	wake   chan struct{} // a request met trouble: check now
}

func newWatcher(w *world, i int) *watcher {
	r := w.regions[i]
	limit := r.distance + w.cfg.CheckSlack
	// Its own connection: a check must not queue behind the requests it is about.
	return &watcher{
		world: w, index: i, wake: make(chan struct{}, 1),
		client: http.Client{Transport: &http.Transport{}, Timeout: limit, CheckRedirect: noRedirect},
	}
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// run checks until ctx ends. A region in doubt is checked again without a pause.
func (p *watcher) run(ctx context.Context) {
	defer p.client.CloseIdleConnections()
	ticks := time.NewTicker(p.world.cfg.CheckInterval)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
			p.world.regions[p.index].upstream.closeIdle(idleLimit)
		case <-p.wake:
		}
		for p.check(ctx) {
		}
	}
}

// now asks for a check at once.
func (p *watcher) now() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// check asks the region once, and reports whether that left it in doubt.
func (p *watcher) check(ctx context.Context) (doubt bool) {
	start := time.Now()
	v, reason := p.ask(ctx)
	if ctx.Err() != nil {
		return false
	}
	p.world.metrics.checks[p.index].Observe(time.Since(start).Seconds())
	return p.world.check(p.index, v, reason, start)
}

func (p *watcher) ask(ctx context.Context) (verdict, string) {
	url := "http://" + p.world.regions[p.index].addr + "/readyz"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return denied, err.Error()
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return failure(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 16<<10))
	switch {
	case err != nil:
		return failure(err)
	case resp.StatusCode == http.StatusOK:
		return good, ""
	}
	return denied, fmt.Sprintf("answers %d: %s", resp.StatusCode, explain(body))
}

// failure tells a region that is not there from one that may only be late.
func failure(err error) (verdict, string) {
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return denied, "refuses connections"
	case errors.As(err, &timeout) && timeout.Timeout():
		return unanswered, "does not answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return unanswered, "closes connections without an answer"
	}
	return unanswered, err.Error()
}

// explain is the sentence in a region's own words.
func explain(body []byte) string {
	var p problem
	if json.Unmarshal(body, &p) == nil && p.Detail != "" {
		return p.Detail
	}
	line, _, _ := bytes.Cut(bytes.TrimSpace(body), []byte("\n"))
	return string(line[:min(len(line), 200)])
}
