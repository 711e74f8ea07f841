package compose

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
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
	state, err := s.state(ctx, part)
	if err != nil || !alive(state) {
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

// Alive reports whether a part's process is there, paused or not.
func (s *Stack) Alive(part string) bool { return alive(s.look(part)) }

// Paused reports whether a part was paused.
func (s *Stack) Paused(part string) bool { return s.look(part) == "paused" }

func alive(state string) bool {
	return slices.Contains([]string{"running", "restarting", "paused"}, state)
}

// look is state for whom silence of the engine is no container.
func (s *Stack) look(part string) string {
	ctx, cancel := context.WithTimeout(context.Background(), askWithin)
	defer cancel()
	state, err := s.state(ctx, part)
	if err != nil {
		return ""
	}
	return state
}

// state is the engine's word for a part, or none if it has no container. docker compose
// would read all files for this answer.
func (s *Stack) state(ctx context.Context, part string) (string, error) {
	return s.ask(ctx, "ps", "--all", "--format", "{{.State}}",
		"--filter", "label=com.docker.compose.project="+project, "--filter", "label=com.docker.compose.service="+part)
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
