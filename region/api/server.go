package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/valyala/fasthttp"
)

const (
	maxHead = 16 << 10 // bytes of a request line and its headers; a buffer of each connection
	// drainTime is how long a stop lets the requests under way finish.
	drainTime = 2 * time.Second
	// lingering is how long a worker without a connection stays, and with it, after a
	// stop, the goroutine that looks for such workers.
	lingering = 100 * time.Millisecond
)

// Run answers clients on l until ctx is cancelled, which is a clean stop: it lets the
// requests under way finish, but not for ever, and closes every connection. It is called
// once.
func (a *API) Run(ctx context.Context, l net.Listener) error {
	calls, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	a.deadlines = newDeadlines(calls)
	server, clients := a.server(), newClients(l)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(clients) }()
	var err error
	select {
	case err = <-failed:
		err = fmt.Errorf("serve HTTP: %w", cmp.Or(err, net.ErrClosed))
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(calls, drainTime)
	defer cancel()
	_ = server.ShutdownWithContext(drain) // what is left of it, the next two lines end
	end()
	clients.close()
	return err
}

// server gives no client the means to hold it up: not by slow headers, bodies or
// reading, nor by staying idle. What a client may ask to wait for fits in.
func (a *API) server() *fasthttp.Server {
	return &fasthttp.Server{
		Handler:        a.Answer,
		ErrorHandler:   a.refuse,
		HeaderReceived: a.bodyTime,
		// An operation reads its body itself, if at all, and bounds it.
		StreamRequestBody:            true,
		MaxRequestBodySize:           1, // that are read before
		DisablePreParseMultipartForm: true,
		ReadBufferSize:               maxHead,
		ReadTimeout:                  a.cfg.HeadTimeout,
		WriteTimeout:                 a.cfg.WriteTimeout,
		IdleTimeout:                  a.cfg.IdleTimeout,
		MaxIdleWorkerDuration:        lingering,
		CloseOnShutdown:              true,
		NoDefaultServerHeader:        true,
		NoDefaultContentType:         true,
		SecureErrorLogMessage:        true,
		Logger:                       slog.NewLogLogger(a.cfg.Logger.Handler(), slog.LevelDebug),
	}
}

// bodyTime gives a body more time than its head had.
func (a *API) bodyTime(head *fasthttp.RequestHeader) (c fasthttp.RequestConfig) {
	if head.ContentLength() > 0 || head.ContentLength() == -1 { // -1 is chunked
		c.ReadTimeout = a.cfg.BodyTimeout
	}
	return c
}

// refuse answers what is not a request. A client that has said nothing is told nothing: it
// would take that for the answer to what it sends next.
func (a *API) refuse(req *fasthttp.RequestCtx, err error) {
	conn, ok := req.Conn().(*client)
	if ok && !conn.heard {
		_ = conn.Conn.Close()
		return
	}
	c := a.begin(req, time.Now())
	c.fail(unreadable(err))
	if ok {
		conn.refused.Store(true)
	}
	c.end()
}

// unreadable is the problem with a request of which not all came.
func unreadable(err error) *problem {
	if small := (*fasthttp.ErrSmallBuffer)(nil); errors.As(err, &small) {
		return headTooLarge.because("Send at most %d bytes of request line and headers.", maxHead)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return tooSlow.because("Send the request again, faster, on a new connection.")
	}
	return malformed.because("Send a whole HTTP/1.1 request: %.200v.", err)
}
