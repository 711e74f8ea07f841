package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"golang.org/x/sync/errgroup"
)

// digest is a region's answer to GET /digest. Buckets are there when a class
// was asked for, Keys when a bucket was.
type digest struct {
	Vector  string `json:"version_vector"`
	Classes map[string]struct {
		Rows    int64             `json:"rows"`
		Digest  string            `json:"digest"`
		Buckets []string          `json:"buckets"`
		Keys    map[string]string `json:"keys"`
	} `json:"classes"`
}

// digests asks all regions at once.
func (v *verifier) digests(ctx context.Context, path string) ([]digest, error) {
	digests := make([]digest, len(v.names))
	group, ctx := errgroup.WithContext(ctx)
	for i, name := range v.names {
		group.Go(func() error { return v.ask(ctx, name, path, &digests[i]) })
	}
	return digests, group.Wait()
}

// ask decodes a region's answer. An error names the region and its address.
func (v *verifier) ask(ctx context.Context, region, path string, answer any) error {
	base := v.regions[region]
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", region, err)
	}
	resp, err := v.client.Do(req)
	if transport := (*url.Error)(nil); errors.As(err, &transport) {
		return fmt.Errorf("%s does not answer on %s (%w)", region, base, transport.Err)
	}
	if err != nil {
		return fmt.Errorf("ask %s: %w", region, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s to GET %s%s", region, resp.Status, base, path)
	}
	if err := json.NewDecoder(resp.Body).Decode(answer); err != nil {
		return fmt.Errorf("read the answer of %s to GET %s%s: %w", region, base, path, err)
	}
	return nil
}
