package api

import (
	"log/slog"
	"net/http"
	"time"
)

// NewServer returns a server for handler, not yet listening, that gives no client
// the means to hold it up: not by slow headers, bodies or reading, nor by staying
// idle. What a client may ask to wait for fits in.
func NewServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
