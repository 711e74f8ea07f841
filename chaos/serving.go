package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	pollEvery      = 200 * time.Millisecond
	progressEvery  = 2 * time.Second
	servingTimeout = time.Minute
	askTimeout     = 2 * time.Second
)

// awaitServing waits until a region is ready or a router is up. Other parts
// serve once they are started.
func (w *World) awaitServing(ctx context.Context, part string) error {
	address := w.servingURL(part)
	if address == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, servingTimeout)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	start := time.Now()
	nextLine := start.Add(progressEvery)
	for {
		reason := probe(ctx, address)
		if reason == nil {
			return nil
		}
		if now := time.Now(); now.After(nextLine) {
			fmt.Fprintf(w.Progress, "%3.0fs  %s is not ready: %v\n", now.Sub(start).Seconds(), part, reason)
			nextLine = now.Add(progressEvery)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready after %v, see `go tool task logs -- %s`: %w",
				part, time.Since(start).Round(time.Second), part, reason)
		}
	}
}

func (w *World) servingURL(part string) string {
	kind, name, _ := strings.Cut(part, "-")
	region, err := w.Topology.Region(name)
	switch {
	case err == nil && kind == "region":
		return "http://" + region.HTTP + "/readyz"
	case err == nil && kind == "router":
		return "http://" + region.Router + "/healthz"
	}
	return ""
}

// probe asks once. Its error is the reason in the answer, or why there is none.
func probe(ctx context.Context, address string) error {
	body, status, err := get(ctx, address)
	if err != nil || status == http.StatusOK {
		return err
	}
	var problem struct {
		Detail string `json:"detail"`
	}
	if err := json.Unmarshal(body, &problem); err != nil || problem.Detail == "" {
		return fmt.Errorf("status %d", status)
	}
	return errors.New(problem.Detail)
}

func get(ctx context.Context, address string) (body []byte, status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, 0, err
	}
	req.Close = true // one question, and the process that answers may be killed next
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, 0, rootCause(err)
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return body, resp.StatusCode, err
}

// rootCause drops the address, which a reader has just named.
func rootCause(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}
