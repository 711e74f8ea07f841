package links

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"pangea/region/topology"
)

// Server is a toxiproxy within this process, for tests.
type Server struct {
	topo      *topology.Topology
	toxiproxy *toxiproxy.ApiServer
	api       *http.Server
	serving   sync.WaitGroup
}

// Serve starts toxiproxy and lays the links of topo. Port 0 is allowed for the
// API and the listeners: Topology has the addresses in use. Close ends it.
func Serve(ctx context.Context, topo *topology.Topology) (*Server, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", topo.Links.API)
	if err != nil {
		return nil, fmt.Errorf("listen for toxiproxy's API: %w", err)
	}
	s := &Server{toxiproxy: toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())}
	s.api = &http.Server{Handler: oneAtATime(s.toxiproxy.Routes()), ReadHeaderTimeout: 5 * time.Second}
	s.serving.Go(func() { _ = s.api.Serve(listener) })
	if s.topo, err = lay(ctx, topo, listener.Addr().String()); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// lay returns topo with the addresses that toxiproxy listens on.
func lay(ctx context.Context, topo *topology.Topology, api string) (*topology.Topology, error) {
	laid := *topo
	laid.Links = topology.Links{API: api, Listeners: maps.Clone(topo.Links.Listeners)}
	n := Open(&laid)
	if err := n.Lay(ctx); err != nil {
		return nil, err
	}
	states, err := n.Status(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range states {
		laid.Links.Listeners[l.Name()] = l.Listen
	}
	return &laid, nil
}

// Topology is the served topology with every address as it is in use.
func (s *Server) Topology() *topology.Topology { return s.topo }

// Close ends the API, every link and every connection through one.
func (s *Server) Close() error {
	err := errors.Join(s.api.Close(), s.toxiproxy.Collection.Clear())
	s.serving.Wait()
	return err
}

// oneAtATime keeps toxiproxy race-free: it reads a proxy's fields for one
// request while it changes them for another.
func oneAtATime(h http.Handler) http.Handler {
	var mu sync.Mutex
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		h.ServeHTTP(w, r)
	})
}
