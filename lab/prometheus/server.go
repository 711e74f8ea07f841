package prometheus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Config says what a Prometheus reads, and where it is.
type Config struct {
	File    string // its configuration
	Dir     string // for what it stores and logs; made if it is not there
	Address string // host:port that it listens on
}

// Server is one Prometheus.
type Server struct {
	cfg     Config
	program string
}

// New validates the configuration; it starts nothing.
func New(cfg Config, p Programs) (*Server, error) {
	if cfg.File == "" || cfg.Dir == "" || cfg.Address == "" || p.Prometheus == "" {
		return nil, errors.New("prometheus: File, Dir, Address and a program must be set")
	}
	return &Server{cfg: cfg, program: p.Prometheus}, nil
}

const (
	retention = "7d"             // of what it stores
	endWithin = 10 * time.Second // of its end, once it is told to
)

// Run runs until ctx is cancelled.
func (s *Server) Run(ctx context.Context) error {
	if err := os.MkdirAll(s.cfg.Dir, 0o755); err != nil {
		return fmt.Errorf("make the directory of Prometheus: %w", err)
	}
	file := filepath.Join(s.cfg.Dir, "prometheus.log")
	log, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("open the log of Prometheus: %w", err)
	}
	defer log.Close()
	cmd := exec.CommandContext(ctx, s.program, "--config.file="+s.cfg.File, "--web.listen-address="+s.cfg.Address,
		"--storage.tsdb.path="+filepath.Join(s.cfg.Dir, "data"), "--storage.tsdb.retention.time="+retention)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches it through ctx only
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = endWithin
	err = cmd.Run()
	if ctx.Err() != nil {
		return nil
	}
	if err == nil {
		err = errors.New("nobody told it to")
	}
	said, _ := os.ReadFile(file) // without it the error tells less
	lines := bytes.Split(bytes.TrimSpace(said), []byte("\n"))
	return fmt.Errorf("prometheus has ended: %w: %s", err, lines[len(lines)-1])
}

// Ready returns nil once queries are answered.
func (s *Server) Ready(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+"/-/ready", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("prometheus answers %s", answer.Status)
	}
	return nil
}

// URL is where a browser finds it.
func (s *Server) URL() string { return "http://" + s.cfg.Address }
