package seed

import (
	"cmp"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Config describes a Seeder.
type Config struct {
	// Region is the one that may need a snapshot.
	Region string
	// Address is where a region's HTTP interface is reached from here.
	Address func(region string) string
	// Every is the time between two looks at whether a snapshot is needed. Defaults to
	// 200ms.
	Every time.Duration
	// AnswerTimeout is how long a donor may take to begin. Defaults to 10s.
	AnswerTimeout time.Duration
	// IdleTimeout is how long a donor that has begun may send nothing. Defaults to 30s.
	IdleTimeout time.Duration
	// ProgressEvery is the time between two lines about a snapshot under way. Defaults to
	// 10s.
	ProgressEvery time.Duration
	// RetryMin and RetryMax bound the pause after a round in which no donor's snapshot was
	// joined; it doubles. Default to 200ms and 5s.
	RetryMin, RetryMax time.Duration
	// Registerer takes the metrics. Defaults to none.
	Registerer prometheus.Registerer
	// Logger defaults to slog.Default().
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	c.Every = cmp.Or(c.Every, 200*time.Millisecond)
	c.AnswerTimeout = cmp.Or(c.AnswerTimeout, 10*time.Second)
	c.IdleTimeout = cmp.Or(c.IdleTimeout, 30*time.Second)
	c.ProgressEvery = cmp.Or(c.ProgressEvery, 10*time.Second)
	c.RetryMin = cmp.Or(c.RetryMin, 200*time.Millisecond)
	c.RetryMax = cmp.Or(c.RetryMax, 5*time.Second)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	return c
}

func (c Config) validate() error {
	if c.Region == "" || c.Address == nil {
		return errors.New("seed: Region and Address must be set")
	}
	if c.RetryMin > c.RetryMax {
		return errors.New("seed: RetryMin is longer than RetryMax")
	}
	return nil
}
