package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"golang.org/x/sync/errgroup"

	"pangea/region"
)

// digests asks all regions at once.
func (v *verifier) digests(ctx context.Context, path string) ([]region.Digest, error) {
	digests := make([]region.Digest, len(v.names))
	group, ctx := errgroup.WithContext(ctx)
	for i, name := range v.names {
		group.Go(func() error { return v.ask(ctx, name, path, &digests[i]) })
	}
	return digests, group.Wait()
}

// ask decodes a region's answer. An error names the region.
func (v *verifier) ask(ctx context.Context, name, path string, answer any) error {
	base := v.regions[name]
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", name, err)
	}
	resp, err := v.client.Do(req)
	if transport := (*url.Error)(nil); errors.As(err, &transport) {
		return fmt.Errorf("%s does not answer (%w)", name, transport.Err)
	}
	if err != nil {
		return fmt.Errorf("ask %s: %w", name, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s to GET %s%s", name, resp.Status, base, path)
	}
	if err := json.NewDecoder(resp.Body).Decode(answer); err != nil {
		return fmt.Errorf("read the answer of %s to GET %s%s: %w", name, base, path, err)
	}
	return nil
}
