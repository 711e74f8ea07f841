package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/urfave/cli/v3"
	"golang.org/x/sync/errgroup"

	"pangea/dashboards/console"
)

// watch serves the console alone. The routers in containers can reach no region but their
// own; one that is for no clients may be in all the networks.
func watch(ctx context.Context, c *cli.Command, address string, log *slog.Logger) error {
	if c.String("console-faults") != "" {
		return errors.New("-console-faults needs the router of a stack on this machine: leave out -console-only")
	}
	top, err := world(c)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen for browsers: %w", err)
	}
	defer ln.Close()
	page, err := console.New(console.Config{Links: wires(top), Listener: ln.Addr(), Log: log}, top)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: onlyConsole(page), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	log.Info("serving the console", "address", ln.Addr())
	return runUntilSignal(ctx, func(ctx context.Context) error {
		g, ctx := errgroup.WithContext(ctx)
		g.Go(func() error { return page.Run(ctx) })
		g.Go(func() error {
			if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		})
		g.Go(func() error {
			<-ctx.Done()
			closing, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			return server.Shutdown(closing) // page.Run has ended the streams
		})
		return g.Wait()
	})
}

// onlyConsole leads to the page from the root, and answers health checks.
func onlyConsole(page http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/console", page)
	mux.Handle("/console/", page)
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ready") })
	mux.Handle("GET /{$}", http.RedirectHandler("/console", http.StatusFound))
	return mux
}
