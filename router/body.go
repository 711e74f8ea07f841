package router

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

const (
	maxBody  = 64 << 10
	maxBatch = 8 << 20
)

// readBody takes the whole body, which is needed to repeat a request and keeps slow
// clients off the regions.
func (r *Router) readBody(w http.ResponseWriter, req *http.Request) ([]byte, *problem) {
	if req.ContentLength == 0 {
		return nil, nil
	}
	limit := int64(maxBody)
	if rawPath(req) == "/batch" {
		limit = maxBatch
	}
	if req.ContentLength > limit {
		return nil, tooLarge(w, limit)
	}
	conn := http.NewResponseController(w)
	if err := conn.SetReadDeadline(time.Now().Add(r.cfg.SendTimeout)); err != nil {
		return nil, &problem{Type: "internal", Status: http.StatusInternalServerError, Detail: err.Error()}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, limit))
	var over *http.MaxBytesError
	switch {
	case err == nil: // and net/http has lifted the deadline
		return body, nil
	case errors.As(err, &over):
		return nil, tooLarge(w, limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		w.Header().Set("Connection", "close")
		return nil, &problem{
			Type: "too-slow", Status: http.StatusRequestTimeout,
			Detail: "The body did not arrive within " + r.cfg.SendTimeout.String() + ". Send it faster or in smaller parts.",
		}
	}
	w.Header().Set("Connection", "close")
	return nil, &problem{
		Type: "malformed", Status: http.StatusBadRequest,
		Detail: "The body ended too early. Send as many bytes as Content-Length says.",
	}
}

func tooLarge(w http.ResponseWriter, limit int64) *problem {
	w.Header().Set("Connection", "close") // the rest of the body is not read
	detail := "A body is at most 65536 bytes here. Send less, or many writes in one POST /batch."
	if limit == maxBatch {
		detail = "A batch is at most 8388608 bytes. Split it."
	}
	return &problem{Type: "too-large", Status: http.StatusRequestEntityTooLarge, Detail: detail}
}
