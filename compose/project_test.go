package compose_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"

	"pangea/compose"
	"pangea/region/topology"
)

// load reads the files as docker compose does, with every profile.
func load(t *testing.T) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{"compose.yaml"}, cli.WithProfiles([]string{"*"}))
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func world(t *testing.T) *topology.Topology {
	t.Helper()
	topo, err := topology.Load("../topology.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return topo
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// pinned is a name with a version in its tag.
var pinned = regexp.MustCompile(`^[a-z0-9./-]+:v?[0-9][0-9.]*$`)

func TestFiles_EveryImageIsPinned(t *testing.T) {
	for _, s := range load(t).Services {
		if s.Build == nil && !pinned.MatchString(s.Image) {
			t.Errorf("%s has the image %s: want a version in its tag", s.Name, s.Image)
		}
	}
	text, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	stages := regexp.MustCompile(`(?m)^FROM (\S+)`).FindAllStringSubmatch(string(text), -1)
	if got := stages[len(stages)-1][1]; got != "scratch" {
		t.Errorf("the image is made from %s, want one with nothing in it", got)
	}
	for _, stage := range stages[:len(stages)-1] {
		if !pinned.MatchString(stage[1]) {
			t.Errorf("a stage of the Dockerfile is made from %s: want a version in its tag", stage[1])
		}
	}
}

// TestFiles_EveryContainer names what each has, and what it may not do.
func TestFiles_EveryContainer(t *testing.T) {
	for _, s := range load(t).Services {
		t.Run(s.Name, func(t *testing.T) {
			want := func(ok bool, what string) {
				t.Helper()
				if !ok {
					t.Errorf("want %s", what)
				}
			}
			want(s.HealthCheck != nil && len(s.HealthCheck.Test) > 1 && s.HealthCheck.Test[0] == "CMD", "a health check without a shell")
			limits := types.Resource{}
			if s.Deploy != nil && s.Deploy.Resources.Limits != nil {
				limits = *s.Deploy.Resources.Limits
			}
			want(limits.MemoryBytes > 0 && limits.NanoCPUs > 0 && limits.Pids > 0, "limits of memory, processors and processes")
			want(regexp.MustCompile(`^[1-9][0-9]*:[0-9]+$`).MatchString(s.User), "a user by number who is not root")
			want(s.ReadOnly, "a root file system that is read only")
			want(slices.Equal(s.CapDrop, []string{"ALL"}) && len(s.CapAdd) == 0, "no capability of the kernel")
			want(slices.Contains(s.SecurityOpt, "no-new-privileges:true"), "no way to more privileges")
			want(!s.Privileged && s.NetworkMode == "" && s.Pid == "" && s.Ipc == "" && len(s.Devices) == 0, "nothing of the machine's own")
			want(s.Restart == "unless-stopped", "a restart when it dies")
			want(s.Logging != nil && s.Logging.Options["max-size"] != "" && s.Logging.Options["max-file"] != "", "a log that is rotated")
			for _, v := range s.Volumes {
				want(v.Type == types.VolumeTypeVolume || v.ReadOnly, "read only: "+v.Source)
				want(!strings.Contains(v.Source, "docker.sock"), "no way to the engine")
			}
		})
	}
}

func TestFiles_NoPasswordIsInTheEnvironment(t *testing.T) {
	project := load(t)
	secret := regexp.MustCompile(`(?i)password|secret|token`)
	for _, s := range project.Services {
		for name, value := range s.Environment {
			if secret.MatchString(name) && (value == nil || !strings.HasPrefix(*value, "/run/secrets/")) {
				t.Errorf("%s: %s is not the name of a secret's file", s.Name, name)
			}
		}
		for _, used := range s.Secrets {
			if file := project.Secrets[used.Source].File; filepath.Dir(file) != absolute(t, "secrets") {
				t.Errorf("%s: the secret %s is in %q, want a file in compose/secrets", s.Name, used.Source, file)
			}
		}
	}
}

func TestFiles_EveryPartIsAContainer(t *testing.T) {
	stack, err := compose.Open("..")
	if err != nil {
		t.Fatal(err)
	}
	project := load(t)
	if project.Name != "pangea" { // by which chaos destroy finds a region's volumes
		t.Errorf("the project's name is %s", project.Name)
	}
	for _, part := range stack.PartNames() {
		if _, err := project.GetService(part); err != nil {
			t.Error(err)
		}
	}
}
