package peers

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"pangea/lab/stack"
	"pangea/lab/wrk"
)

// Pangea is a stack that serves, loaded by wrk straight at the regions.
type Pangea struct {
	stack  *stack.Stack
	seed   int
	client *http.Client
	differ func(context.Context) (int, error)
}

// NewPangea takes over a fresh stack. differ counts the keys in which its regions
// differ, once they have all applied the same.
func NewPangea(s *stack.Stack, seed int, differ func(context.Context) (int, error)) *Pangea {
	client := &http.Client{Transport: &http.Transport{}, Timeout: 10 * time.Second}
	return &Pangea{stack: s, seed: seed, client: client, differ: differ}
}

// Load is part of Running.
func (p *Pangea) Load(ctx context.Context, l Load) (Answers, error) {
	regions := p.stack.Topology().Regions
	cfg := wrk.Config{
		Connections: l.Clients, Duration: l.Duration, Rows: l.Rows, Rate: l.requests(len(regions)),
		Keys: keys, Zipf: zipf, Seed: p.seed,
	}
	for _, r := range regions {
		cfg.Targets = append(cfg.Targets, wrk.Target{Name: r.Name, Address: r.HTTP})
	}
	load, err := wrk.New(cfg)
	if err != nil {
		return Answers{}, err
	}
	results, err := load.Run(ctx)
	if err != nil {
		return Answers{}, err
	}
	total := wrk.Total(results)
	return Answers{Writes: total.Writes, Failed: total.Failed(), Elapsed: total.Elapsed, P99: total.Latency.P99}, nil
}

// Put is part of Running.
func (p *Pangea) Put(ctx context.Context, region, key, value string) error {
	_, err := p.do(ctx, http.MethodPut, region, key, value)
	return err
}

// Get is part of Running.
func (p *Pangea) Get(ctx context.Context, region, key string) (string, error) {
	body, err := p.do(ctx, http.MethodGet, region, key, "")
	if err != nil || body == nil {
		return "", err
	}
	var row struct {
		Value json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(body, &row); err != nil {
		return "", fmt.Errorf("profile %s of %s: %w", key, region, err)
	}
	return string(row.Value), nil
}

// do returns no body for what is absent.
func (p *Pangea) do(ctx context.Context, method, region, key, value string) ([]byte, error) {
	r, err := p.stack.Topology().Region(region)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://"+r.HTTP+"/profile/"+key, strings.NewReader(value))
	if err != nil {
		return nil, err
	}
	response, err := p.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, request.URL, err)
	}
	switch response.StatusCode {
	case http.StatusOK:
		return body, nil
	case http.StatusNotFound:
		return nil, nil
	}
	return nil, fmt.Errorf("%s %s: %s: %s", method, request.URL, response.Status, body)
}

// Differing is part of Running.
func (p *Pangea) Differing(ctx context.Context) (int, error) { return p.differ(ctx) }

// Stop is part of Running.
func (p *Pangea) Stop(ctx context.Context) error {
	p.client.CloseIdleConnections()
	return p.stack.Clean(ctx, func(string, string) {})
}
