package mesh

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// Load is what pgbench does to each node, to all of them at the same time.
type Load struct {
	Clients  int           // connections of each node
	Rows     int           // upserts of a transaction
	Keys     int           // from "1" on, the same in each node
	Zipf     float64       // the exponent of their popularity, above 1
	Duration time.Duration // whole seconds
	Rate     float64       // transactions per second of each node; 0 for as many as are answered
}

// Result is what became of the load on one node.
type Result struct {
	Node         string
	Elapsed      time.Duration
	Transactions uint64
	Failed       uint64        // transactions that were given up
	P99          time.Duration // of transactions, of one in ten, from when they were sent
}

// MostRows that a transaction may have: a statement of pgbench takes 255 variables.
const MostRows = 127

// Bench runs a pgbench with one thread for each node, and returns a result for each, in
// the order of the topology.
func (m *Mesh) Bench(ctx context.Context, l Load) ([]Result, error) {
	if l.Clients < 1 || l.Rows < 1 || l.Rows > MostRows || l.Keys < 1 || !(l.Zipf > 1) || l.Rate < 0 || l.Duration < time.Second {
		return nil, fmt.Errorf("pgbench cannot do %+v: want at least 1 client, 1 to %d rows, keys, an exponent above 1, and at least 1s", l, MostRows)
	}
	dir, err := os.MkdirTemp("", "pangea-pgbench-")
	if err != nil {
		return nil, fmt.Errorf("make pgbench's directory: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "script"), []byte(script(l)), 0o644); err != nil {
		return nil, fmt.Errorf("write pgbench's script: %w", err)
	}
	results := make([]Result, len(m.nodes))
	g, running := errgroup.WithContext(ctx)
	for i, n := range m.nodes {
		g.Go(func() error {
			var err error
			results[i], err = m.pgbench(running, n, l, m.cfg.Seed*len(m.nodes)+i, dir)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, errors.Join(ctx.Err(), err)
	}
	return results, nil
}

func (m *Mesh) pgbench(ctx context.Context, n *node, l Load, seed int, dir string) (Result, error) {
	log := filepath.Join(dir, n.name)
	args := []string{
		"--no-vacuum", "--protocol", "prepared", "--file", filepath.Join(dir, "script"),
		"--client", strconv.Itoa(l.Clients), "--jobs", "1", "--time", strconv.Itoa(int(l.Duration.Seconds())),
		"--random-seed", strconv.Itoa(seed), "--max-tries", "10",
		"--log", "--log-prefix", log, "--sampling-rate", "0.1",
	}
	if l.Rate > 0 {
		args = append(args, "--rate", strconv.FormatFloat(l.Rate, 'f', -1, 64))
	}
	cmd := exec.CommandContext(ctx, m.bin.Path("pgbench"), append(args, n.dsn)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches it through ctx only
	printed, err := cmd.CombinedOutput()
	if err != nil {
		return Result{}, fmt.Errorf("pgbench on %s: %w: %s", n.name, err, last(string(printed)))
	}
	r, err := read(string(printed))
	if err != nil {
		return Result{}, fmt.Errorf("pgbench on %s: %w", n.name, err)
	}
	r.Node, r.Elapsed = n.name, l.Duration
	if r.P99, err = p99(log, l.Rate > 0); err != nil {
		return Result{}, fmt.Errorf("pgbench on %s: %w", n.name, err)
	}
	return r, nil
}

func last(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndex(text, "\n")+1:]
}
