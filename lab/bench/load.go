package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"pangea/gen"
)

// load runs the generator in a process of its own, as its CPU is to be told apart.
func (b *Bench) load(ctx context.Context, way Way, round int, duration time.Duration) (*gen.Result, error) {
	out, err := os.MkdirTemp("", "pangea-bench-")
	if err != nil {
		return nil, fmt.Errorf("make a place for the load's result: %w", err)
	}
	defer os.RemoveAll(out)
	cmd, err := b.stack.Program(ctx, "gen", b.arguments(way, round, duration, out)...)
	if err != nil {
		return nil, err
	}
	if err := b.watched(ctx, cmd); err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(out, "run-*.json"))
	if err != nil || len(files) != 1 {
		return nil, errors.Join(err, fmt.Errorf("gen left %d results", len(files)))
	}
	return gen.ReadResult(files[0])
}

// arguments make the runs of a bench meet on the same keys, with operations of their own.
func (b *Bench) arguments(way Way, round int, duration time.Duration, out string) []string {
	args := []string{
		"run", "-rate", fmt.Sprint(b.cfg.Rate), "-reads", fmt.Sprint(b.cfg.Reads), "-duration", duration.String(),
		"-mix", b.cfg.Mix, "-keys", fmt.Sprint(b.cfg.Keys), "-seed", fmt.Sprint(b.cfg.Seed + uint64(round)),
		"-prefix", "bench-", "-out", out,
	}
	if way == Straight {
		args = append(args, "-straight")
	}
	return args
}

// watched runs the command under the meter's eyes. Interrupted, it ends the command in
// order.
func (b *Bench) watched(ctx context.Context, cmd *exec.Cmd) error {
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	var err error
	if b.first, err = startFirst(cmd); err != nil {
		return fmt.Errorf("start gen: %w", err)
	}
	b.meter.Watch("gen", cmd.Process.Pid)
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Signal(os.Interrupt) })
	defer stop()
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("gen: %w: %s", err, lastLine(said.Bytes()))
	}
	return ctx.Err()
}

func lastLine(text []byte) []byte {
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	return lines[len(lines)-1]
}
