package compose

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// askWithin bounds a question to the engine, and the sudden death of a part.
const askWithin = 20 * time.Second

// project is the name of all containers, networks and volumes, as in compose.yaml.
const project = "pangea"

// PartNames lists the parts that can be broken, in the order of starting. They have the
// names of the local stack's.
func (s *Stack) PartNames() []string {
	names := []string{"toxiproxy"}
	for _, kind := range []string{"postgres-", "region-", "router-"} {
		for _, region := range s.topo.Names() {
			names = append(names, kind+region)
		}
	}
	return names
}

// Exists reports whether there are containers of this checkout, dead ones too. Where there is
// no docker, there are none.
func (s *Stack) Exists(ctx context.Context) bool {
	if _, err := exec.LookPath("docker"); err != nil {
		return false
	}
	ids, err := s.ask(ctx, s.composed("ps", "--all", "--quiet")...)
	return err == nil && ids != ""
}

// Kill ends a part as kill -9 does. Killing a dead part is no error. The engine does not
// start it again by itself.
func (s *Stack) Kill(part string) error {
	ctx, cancel := context.WithTimeout(context.Background(), askWithin)
	defer cancel()
	parts, err := s.inStates(ctx, alive()...)
	if err != nil || !slices.Contains(parts, part) {
		return err
	}
	_, err = s.ask(ctx, s.composed("kill", part)...)
	return err
}

// Pause stops a part where it stands. Pausing a dead part is an error.
func (s *Stack) Pause(ctx context.Context, part string) error {
	if s.Paused(part) {
		return nil
	}
	_, err := s.ask(ctx, s.composed("pause", part)...)
	return err
}

// Start brings a part back with the data it has left, or lets a paused one go on, and
// returns when it is healthy.
func (s *Stack) Start(ctx context.Context, part string) error {
	if s.Paused(part) {
		if _, err := s.ask(ctx, s.composed("unpause", part)...); err != nil {
			return err
		}
	}
	_, err := s.ask(ctx, s.composed("up", "--detach", "--no-deps", "--no-build", "--wait", part)...)
	return err
}

// alive are the states of a container whose processes are there.
func alive() []string { return []string{"running", "restarting", "paused"} }

// Alive reports whether a part's process is there, paused or not.
func (s *Stack) Alive(part string) bool { return s.isIn(part, alive()...) }

// Paused reports whether a part was paused.
func (s *Stack) Paused(part string) bool { return s.isIn(part, "paused") }

func (s *Stack) isIn(part string, states ...string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), askWithin)
	defer cancel()
	parts, err := s.inStates(ctx, states...)
	return err == nil && slices.Contains(parts, part)
}

// inStates lists the parts that are in any of the states.
func (s *Stack) inStates(ctx context.Context, states ...string) ([]string, error) {
	args := []string{"ps", "--all", "--services"}
	for _, state := range states {
		args = append(args, "--status", state)
	}
	out, err := s.ask(ctx, s.composed(args...)...)
	return strings.Fields(out), err
}

// Destroy kills a region and its Postgres, and deletes their containers and volumes.
func (s *Stack) Destroy(ctx context.Context, region string) error {
	if _, err := s.topo.Region(region); err != nil {
		return err
	}
	parts := []string{"region-" + region, "postgres-" + region}
	for _, part := range parts {
		if err := s.Kill(part); err != nil {
			return err
		}
	}
	if _, err := s.ask(ctx, s.composed(append([]string{"rm", "--force"}, parts...)...)...); err != nil {
		return err
	}
	for _, volume := range volumes(region) {
		if _, err := s.ask(ctx, "volume", "rm", "--force", volume); err != nil {
			return fmt.Errorf("remove the data of %s: %w", region, err)
		}
	}
	return nil
}

// HasData reports whether a region has a database, running or not.
func (s *Stack) HasData(region string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), askWithin)
	defer cancel()
	_, err := s.ask(ctx, "volume", "inspect", volumes(region)[0])
	return err == nil
}

// volumes are what a region has on disk: its database, and its stream.
func volumes(region string) []string {
	return []string{project + "_postgres-" + region, project + "_stream-" + region}
}
