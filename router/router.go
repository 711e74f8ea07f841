package router

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"

	"pangea/region/loopback"
	"pangea/region/topology"
)

// Router serves the clients of one place.
type Router struct {
	cfg      Config
	world    *world
	watchers []*watcher // by index of the world's regions
	metrics  *metrics
	exported http.Handler
	buffers  sync.Pool // of *[]byte, for answers
	origins  http.CrossOriginProtection
	local    bool // only this machine can reach it; set by Run
}

// New returns a router for the clients near cfg.Region in the world of top. Its
// metrics go to reg, labelled with the region, and /metrics shows all of reg.
func New(cfg Config, top *topology.Topology, reg *prometheus.Registry) (*Router, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if _, err := top.Region(cfg.Region); err != nil {
		return nil, err
	}
	r := &Router{cfg: cfg, world: newWorld(cfg, top)}
	labelled := prometheus.WrapRegistererWith(prometheus.Labels{"region": cfg.Region}, reg)
	r.metrics = newMetrics(labelled, r.world.regions)
	r.world.metrics = r.metrics
	r.world.exportOutages(promauto.With(labelled))
	r.exported = promhttp.HandlerFor(reg, promhttp.HandlerOpts{})
	r.buffers.New = func() any { b := make([]byte, 32<<10); return &b }
	for i := range r.world.regions {
		r.watchers = append(r.watchers, newWatcher(r.world, i))
	}
	return r, nil
}

// Run serves on ln until ctx ends, after it has checked each region once. It closes ln.
func (r *Router) Run(ctx context.Context, ln net.Listener) error {
	defer r.world.close()
	r.local = loopback.Address(ln.Addr())
	var first sync.WaitGroup
	for _, p := range r.watchers {
		first.Go(func() { p.check(ctx) })
	}
	first.Wait()
	g, ctx := errgroup.WithContext(ctx)
	for _, p := range r.watchers {
		g.Go(func() error { p.run(ctx); return nil })
	}
	g.Go(func() error { return r.serve(ctx, ln) })
	return g.Wait()
}

// serve accepts until ctx ends, and then gives the requests under way DrainTimeout.
func (r *Router) serve(ctx context.Context, ln net.Listener) error {
	takeAnswer := 10 * time.Second
	server := &http.Server{
		Handler:           r,
		ReadHeaderTimeout: r.cfg.SendTimeout, // readBody limits the rest
		WriteTimeout:      r.cfg.SendTimeout + r.cfg.Timeout + maxWait + takeAnswer,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    8 << 10, // net/http allows 4 KiB more; a region takes 16 KiB
		ErrorLog:          slog.NewLogLogger(r.cfg.Log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ln) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve on %s: %w", ln.Addr(), err)
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.cfg.DrainTimeout)
	defer cancel()
	err := server.Shutdown(ctx)
	<-failed
	if errors.Is(err, context.DeadlineExceeded) {
		r.cfg.Log.Warn("stopped with requests under way", "waited", r.cfg.DrainTimeout)
		return server.Close()
	}
	return err
}

// ServeHTTP answers the router's own routes and proxies every other one.
func (r *Router) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("X-Routed-By", r.cfg.Region)
	path := rawPath(req)
	console := path == "/console" || strings.HasPrefix(path, "/console/")
	if r.local && (console || strings.HasPrefix(path, "/router/")) && !loopback.Host(req.Host) {
		r.fail(w, foreignHost())
		return
	}
	if console && r.cfg.Console != nil {
		r.cfg.Console.ServeHTTP(w, req) // not counted: a page may be watched for hours
		return
	}
	begun, target, status := time.Now(), -1, 0
	defer func() { r.metrics.served(target, status, begun) }()
	own := console || path == "/healthz" || path == "/metrics" || strings.HasPrefix(path, "/router/") || forPeers(path)
	switch {
	case !own:
		target, status = r.proxy(w, req)
	case strings.HasPrefix(path, drainPath):
		status = r.serveDrain(w, req, strings.TrimPrefix(path, drainPath))
	case req.Method != http.MethodGet && req.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		target, status = r.fail(w, &problem{
			Type: "wrong-method", Status: http.StatusMethodNotAllowed,
			Detail: "This route of the router is only read. Use GET.",
		})
	default:
		status = r.own(w, req, path)
	}
}

// forPeers reports whether a route of the regions is for each other only: who is sent a
// snapshot holds back the logs, and a transaction.
func forPeers(path string) bool { return path == "/snapshot" || strings.HasPrefix(path, "/log/") }

// own answers a route that is never proxied.
func (r *Router) own(w http.ResponseWriter, req *http.Request, path string) int {
	switch path {
	case "/healthz":
		writeJSON(w, map[string]string{"status": "alive", "router": r.cfg.Region})
	case "/metrics":
		r.exported.ServeHTTP(w, req)
	case "/router/status":
		writeJSON(w, r.world.status())
	default:
		_, status := r.fail(w, &problem{
			Type: "no-route", Status: http.StatusNotFound,
			Detail: "The router itself has /healthz, /metrics, /router/status and /router/drain/{region}; /log and /snapshot are for regions, from each other.",
		})
		return status
	}
	return http.StatusOK
}

// foreignHost is the answer to a page of a site whose name was made to resolve here: it
// must neither read what the router knows nor drain a region.
func foreignHost() *problem {
	return &problem{
		Type: "foreign-host", Status: http.StatusForbidden,
		Detail: "This router is for its own machine: ask for it as localhost or 127.0.0.1.",
	}
}

// fail answers with the router's own problem.
func (r *Router) fail(w http.ResponseWriter, p *problem) (target, status int) {
	p.write(w)
	return -1, p.Status
}

// rawPath is the path as the client wrote it, not decoded.
func rawPath(req *http.Request) string {
	path, _, _ := strings.Cut(req.RequestURI, "?")
	return path
}
