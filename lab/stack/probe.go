package stack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// probeWithin bounds one question to a part.
const probeWithin = 2 * time.Second

// answers is ready when url is answered with 200. Its error is the reason that the
// answer gives, or why there is none.
func answers(url string) func(context.Context) error {
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		req.Close = true // the part may be killed between two questions
		resp, err := http.DefaultClient.Do(req)
		if dial := (*net.OpError)(nil); errors.As(err, &dial) {
			return dial.Err
		}
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return nil
		}
		return reason(resp)
	}
}

func reason(resp *http.Response) error {
	var problem struct {
		Detail string `json:"detail"`
	}
	body := io.LimitReader(resp.Body, 64<<10)
	if err := json.NewDecoder(body).Decode(&problem); err != nil || problem.Detail == "" {
		return fmt.Errorf("answers %s", resp.Status)
	}
	return errors.New(problem.Detail)
}

// probe asks the part once.
func probe(ctx context.Context, p part) error {
	ctx, cancel := context.WithTimeout(ctx, probeWithin)
	defer cancel()
	return p.ready(ctx)
}
