package probe

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

// Within is long enough for one question to a part.
const Within = 2 * time.Second

// Ask returns nil when url is answered with 200. Its error is the reason that the
// answer gives, or why there is none. ctx bounds the wait.
func Ask(ctx context.Context, url string) error {
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

// Ready asks the part that listens on address, host:port, whether it takes requests.
func Ready(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, Within)
	defer cancel()
	if err := Ask(ctx, "http://"+address+"/readyz"); err != nil {
		return fmt.Errorf("%s is not ready: %w", address, err)
	}
	return nil
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
