package compose

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// boards is the profile of what a stack can do without, Grafana.
const boards = "COMPOSE_PROFILES=boards"

// command is docker with the arguments. The profiles that the caller has set stand.
func (s *Stack) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "docker", args...)
	cmd.Dir = s.root
	cmd.Env = append([]string{boards}, os.Environ()...) // of two values the later counts
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	return cmd
}

// composed are the arguments of docker compose on the files of this checkout.
func (s *Stack) composed(args ...string) []string {
	return append([]string{"compose", "--file", filepath.Join(s.root, "compose", "compose.yaml")}, args...)
}

// show runs docker compose in front of the user.
func (s *Stack) show(ctx context.Context, out, errs io.Writer, args ...string) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	cmd := s.command(ctx, s.composed(args...)...)
	cmd.Stdout, cmd.Stderr = out, errs
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("docker compose %s: %w", args[0], err)
	}
	return nil
}

// ask runs docker and returns what it prints.
func (s *Stack) ask(ctx context.Context, args ...string) (string, error) {
	var errs bytes.Buffer
	cmd := s.command(ctx, args...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(errs.String()), "\n")
		return "", fmt.Errorf("docker %s: %w: %s", strings.Join(args, " "), err, lines[len(lines)-1])
	}
	return strings.TrimSpace(string(out)), nil
}

// usable says what is missing before docker does.
func (s *Stack) usable(ctx context.Context) error {
	if _, err := exec.LookPath("docker"); err != nil {
		return errors.New("there is no docker: install Docker Engine and its plugin Compose, 2.20 or newer")
	}
	if _, err := s.ask(ctx, "compose", "version"); err != nil {
		return fmt.Errorf("docker has no plugin Compose, install 2.20 or newer (%w)", err)
	}
	if _, err := s.ask(ctx, "info", "--format", "{{.ServerVersion}}"); err != nil {
		return fmt.Errorf("start the Docker Engine, or set DOCKER_HOST to where it is (%w)", err)
	}
	return nil
}
