package audit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pangea/gen"
	"pangea/gen/client"
	"pangea/gen/history"
)

// Config says what to compare with what.
type Config struct {
	History *history.History
	Regions []gen.Endpoint // asked directly, not through a router

	// Wait is how long the regions may take to become equal. The zero value gives them one
	// look.
	Wait time.Duration

	// Concurrency is how many keys are read at once. Defaults to 16.
	Concurrency int

	// Reading is told how many of the keys were read, and Judging how far the judgement
	// is. They default to nothing.
	Reading, Judging func(done, of int)
}

const (
	timeout = 10 * time.Second
	pause   = 500 * time.Millisecond // between two looks at regions that are not equal
)

// Audit is one comparison.
type Audit struct {
	cfg     Config
	regions []history.Region
}

// New validates the configuration; it reads nothing.
func New(cfg Config) (*Audit, error) {
	cfg.Concurrency = cmp.Or(cfg.Concurrency, 16)
	nothing := func(int, int) {}
	if cfg.Reading == nil {
		cfg.Reading = nothing
	}
	if cfg.Judging == nil {
		cfg.Judging = nothing
	}
	switch {
	case cfg.History == nil || len(cfg.History.Records) == 0:
		return nil, errors.New("there is nothing to check: the history has no operations")
	case len(cfg.Regions) == 0:
		return nil, errors.New("there is no region to read from")
	case cfg.Concurrency < 0:
		return nil, fmt.Errorf("concurrency: %d: want at least 1", cfg.Concurrency)
	}
	a := &Audit{cfg: cfg}
	var names []string
	for _, r := range cfg.Regions {
		c, err := client.New(r.URL, timeout)
		if err != nil {
			return nil, err
		}
		a.regions = append(a.regions, history.Region{Name: r.Name, Client: c})
		names = append(names, r.Name)
	}
	recorded := slices.Sorted(maps.Keys(cfg.History.Ledgers))
	if slices.Sort(names); !slices.Equal(names, recorded) {
		return nil, fmt.Errorf("the history is of regions %s, and the topology has %s: check it with the topology that it was recorded with",
			strings.Join(recorded, ", "), strings.Join(names, ", "))
	}
	return a, nil
}

// Run reads the regions and judges. Its error says why nothing can be decided; what was
// found wrong is in the report.
func (a *Audit) Run(ctx context.Context) (*Report, error) {
	defer func() {
		for _, r := range a.regions {
			r.Close()
		}
	}()
	state, err := a.read(ctx)
	if err != nil {
		return nil, err
	}
	return Judge(a.cfg.History, state, a.cfg.Judging)
}
