package stream

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"pangea/region"
)

// Config describes a region's server.
type Config struct {
	Region string
	// Listen is host:port for NATS; port 0 picks a free one.
	Listen string
	// Monitor is host:port for the server's monitoring pages. Defaults to none.
	Monitor string
	// StoreDir holds the stream. One process at a time may use it.
	StoreDir string
	// StreamBytes bounds the stream; its oldest entries go first. Defaults to 2 GiB.
	StreamBytes int64
	// SyncInterval is how often JetStream calls fsync. A power loss takes what came
	// after the last one from the stream, not from the log. Defaults to 1 s.
	SyncInterval time.Duration
	// PingInterval is how often the server probes a peer. Defaults to 5 s.
	PingInterval time.Duration
	// StartTimeout is how long the server may take to recover its stream and listen.
	// Defaults to 30 s.
	StartTimeout time.Duration
	// Logger gets the server's warnings. Defaults to slog.Default().
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	c.StreamBytes = cmp.Or(c.StreamBytes, 2<<30)
	c.SyncInterval = cmp.Or(c.SyncInterval, time.Second)
	c.PingInterval = cmp.Or(c.PingInterval, 5*time.Second)
	c.StartTimeout = cmp.Or(c.StartTimeout, 30*time.Second)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	return c
}

func (c Config) validate() error {
	if c.Region == "" || c.StoreDir == "" {
		// Without a directory JetStream would store below the system's temporary one.
		return errors.New("stream: Region and StoreDir must be set")
	}
	if c.StreamBytes < 4*region.MaxEntry {
		return fmt.Errorf("stream: StreamBytes is %d, want at least %d", c.StreamBytes, 4*region.MaxEntry)
	}
	return nil
}

// options are nats-server's. What it leaves unset would claim three quarters of the
// memory and all of the disk for each region on the machine.
func (c Config) options() (*server.Options, error) {
	host, port, err := splitAddress(c.Listen)
	if err != nil {
		return nil, fmt.Errorf("stream: listen address: %w", err)
	}
	opts := &server.Options{
		ServerName:             c.Region,
		Host:                   host,
		Port:                   port,
		NoSigs:                 true,
		JetStream:              true,
		StoreDir:               c.StoreDir,
		JetStreamMaxMemory:     16 << 20,
		JetStreamMaxStore:      2 * c.StreamBytes,
		SyncInterval:           c.SyncInterval,
		MaxPayload:             2 * region.MaxEntry,
		MaxPending:             64 << 20,
		WriteDeadline:          10 * time.Second,
		PingInterval:           c.PingInterval,
		MaxPingsOut:            3,
		DisableJetStreamBanner: true,
	}
	if c.Monitor != "" {
		if opts.HTTPHost, opts.HTTPPort, err = splitAddress(c.Monitor); err != nil {
			return nil, fmt.Errorf("stream: monitor address: %w", err)
		}
	}
	return opts, nil
}

// splitAddress gives port 0 in nats-server's spelling.
func splitAddress(address string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, err
	}
	if port, err = strconv.Atoi(text); err != nil {
		return "", 0, fmt.Errorf("%s: the port is not a number", address)
	}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	return host, port, nil
}
