package replay

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
)

// Save copies the snapshot of the region at a base URL, as it gives it to a peer.
func Save(ctx context.Context, base, peer string, to io.Writer) error {
	body, err := get(ctx, base+"/snapshot?for="+peer)
	if err != nil {
		return err
	}
	defer body.Close()
	if _, err := io.Copy(to, body); err != nil {
		return fmt.Errorf("save a snapshot: %w", err)
	}
	return nil
}

// get is the body of a good answer. It must be closed.
func get(ctx context.Context, url string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Close = true // the region may be restarted between two questions
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	defer resp.Body.Close()
	reason, _ := io.ReadAll(io.LimitReader(resp.Body, 512)) // the status alone will do
	return nil, fmt.Errorf("GET %s is answered %s: %s", url, resp.Status, bytes.TrimSpace(reason))
}
