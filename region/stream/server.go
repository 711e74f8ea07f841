package stream

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Server is a region's embedded NATS server.
type Server struct {
	home // connected in process: no socket, no link
	cfg  Config
	lock *os.File
	nats *server.Server
}

// Serve starts the server and returns once it accepts connections. Close ends it.
func Serve(cfg Config) (*Server, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	opts, err := cfg.options()
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg}
	if s.lock, err = lock(cfg.StoreDir); err != nil {
		return nil, err
	}
	if err := s.start(opts); err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("start NATS for %s on %s: %w", cfg.Region, cfg.Listen, err)
	}
	return s, nil
}

func (s *Server) start(opts *server.Options) (err error) {
	if s.nats, err = server.NewServer(opts); err != nil {
		return err
	}
	log := newLogger(s.cfg.Logger)
	s.nats.SetLoggerV2(log, false, false, false)
	go s.nats.Start()
	if err := s.ready(log.fatal); err != nil {
		return err
	}
	s.conn, err = nats.Connect("", nats.InProcessServer(s.nats), nats.Name(s.cfg.Region), nats.NoReconnect())
	s.home.region, s.storage = s.cfg.Region, storage{
		maxBytes: s.cfg.StreamBytes, replicas: 1, patience: 10 * time.Second,
		dir: filepath.Join(s.nats.JetStreamConfig().StoreDir, "$G", "streams", streamName(s.cfg.Region)),
	}
	return err
}

// ready waits for the listeners, or for the error that prevents one.
func (s *Server) ready(fatal <-chan error) error {
	const poll = 30 * time.Millisecond // nats-server spins if asked for less
	for deadline := time.Now().Add(s.cfg.StartTimeout); time.Now().Before(deadline); {
		up := s.nats.ReadyForConnections(poll)
		select {
		case err := <-fatal:
			return err
		default:
		}
		if up {
			return nil
		}
	}
	return fmt.Errorf("not ready after %v", s.cfg.StartTimeout)
}

// Close ends the server and every connection to it, and waits until it has ended.
func (s *Server) Close() error {
	if s.conn != nil {
		s.conn.Close()
	}
	if s.nats != nil {
		s.nats.Shutdown()
		s.nats.WaitForShutdown()
	}
	return s.lock.Close()
}

// Address is the host:port that peers and the nats command reach the server at.
func (s *Server) Address() string { return s.nats.Addr().String() }

// Healthy reports whether the server still serves its stream.
func (s *Server) Healthy() error {
	if h := s.nats.Healthz(&server.HealthzOptions{JSServerOnly: true}); h.Error != "" {
		return errors.New(h.Error)
	}
	return nil
}

// Dir is the directory of the stream.
func (s *Server) Dir() string { return s.cfg.StoreDir }

// Size is what the stream takes on the disk, in bytes; zero while JetStream does not run.
func (s *Server) Size() int64 {
	info, err := s.nats.Jsz(nil)
	if err != nil {
		return 0
	}
	return int64(info.Store) //nolint:gosec // below the stream's limit
}
