package chaos

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// askTimeout bounds one question: a process that was paused accepts connections.
const askTimeout = 2 * time.Second

// get asks once.
func get(ctx context.Context, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Close = true // the process that answers may be killed next
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, rootCause(err)
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

// rootCause drops the address, which a reader has just named.
func rootCause(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}
