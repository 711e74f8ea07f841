package wrk

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"pangea/lab/apt"
)

//go:embed upsert.lua
var script string

// Ensure installs wrk where it is missing. say is told what takes long.
func Ensure(ctx context.Context, say func(string)) error {
	if _, err := exec.LookPath("wrk"); err == nil {
		return nil
	}
	say("installing wrk with apt-get")
	return apt.Install(ctx, "wrk")
}

// Load is one run of a wrk for each target.
type Load struct{ cfg Config }

// New validates the configuration; it starts nothing.
func New(cfg Config) (*Load, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return &Load{cfg: cfg}, nil
}

// Run sends the load, and returns a result for each target, in their order, when all of
// it was answered or given up.
func (l *Load) Run(ctx context.Context) ([]Result, error) {
	file, err := writeScript()
	if err != nil {
		return nil, err
	}
	defer os.Remove(file)
	results := make([]Result, len(l.cfg.Targets))
	g, running := errgroup.WithContext(ctx)
	for i := range l.cfg.Targets {
		g.Go(func() error {
			var err error
			results[i], err = l.one(running, i, file)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, errors.Join(ctx.Err(), err)
	}
	return results, nil
}

func writeScript() (string, error) {
	f, err := os.CreateTemp("", "pangea-*.lua")
	if err != nil {
		return "", fmt.Errorf("make wrk's script: %w", err)
	}
	_, err = f.WriteString(script)
	if err := errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("write wrk's script: %w", err), os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// one loads the i-th target.
func (l *Load) one(ctx context.Context, i int, file string) (Result, error) {
	target := l.cfg.Targets[i].Name
	cmd := exec.CommandContext(ctx, "wrk", l.cfg.arguments(i, file)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches it through ctx only
	cmd.WaitDelay = 5 * time.Second
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	printed, err := cmd.Output()
	if err != nil {
		return Result{}, fmt.Errorf("wrk on %s: %w: %s", target, err, lastLine(complaint.String(), string(printed)))
	}
	// A mistake of the script does not change how wrk ends.
	if complaint.Len() > 0 {
		return Result{}, fmt.Errorf("wrk on %s: %s", target, lastLine(complaint.String()))
	}
	r, err := read(target, printed)
	if err == nil && r.Elapsed < l.cfg.Duration*9/10 {
		err = fmt.Errorf("ended after %v of %v", r.Elapsed, l.cfg.Duration)
	}
	if err != nil {
		return Result{}, fmt.Errorf("wrk on %s: %w", target, err)
	}
	return r, nil
}

// lastLine is that of the first text that is not empty.
func lastLine(texts ...string) string {
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			return text[strings.LastIndex(text, "\n")+1:]
		}
	}
	return "it said nothing"
}
