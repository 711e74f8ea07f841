package lab_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pangea/lab/results"
	"pangea/lab/stack/stacktest"
)

// Each experiment starts a fresh stack of real programs, loads it for some seconds, leaves
// a record of it and no stack. Whether claims hold that are about speed depends on the
// machine: those that do not are in the record.
func TestExperiments_LeaveRecords(t *testing.T) {
	t.Parallel()
	root := stacktest.BuiltRoot(t, "us", "eu")
	checkout(t, root)
	t.Cleanup(func() {
		if err := run(context.Background(), t.Output(), root, "clean"); err != nil {
			t.Error(err)
		}
	})
	for _, args := range [][]string{
		{"soak", "-short", "-rate", "200", "-duration", "6s", "-out", "docs", "-seed", "7"},
		{"catchup", "-short", "-duration", "3s", "-out", "docs"},
		{"lag", "-rates", "100", "-step", "3s", "-rounds", "1", "-out", "docs", "-connections", "2"},
		{"scale", "-curve", "rows", "-rows", "300", "-duration", "3s", "-rounds", "1", "-steady", "100", "-out", "docs"},
	} {
		err := run(t.Context(), t.Output(), root, args...)
		if err != nil && !strings.Contains(err.Error(), "hold") {
			t.Fatalf("%s: %v", args[0], err)
		}
	}
	for _, name := range []string{"soak", "catchup", "lag", "scale-rows"} {
		r, err := results.Read(filepath.Join(root, "docs", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if r.Writes < 300 || len(r.Claims) == 0 || len(r.Charts) == 0 || len(r.Tables[0].Rows) == 0 || r.Machine.Commit == "" {
			t.Errorf("%s: got %d writes, claims %v", name, r.Writes, r.Claims)
		}
		noneButOfSpeed(t, r)
	}
	if left, err := os.ReadDir(filepath.Join(root, ".pangea", "bench", ".pangea", "postgres")); err == nil && len(left) > 0 {
		t.Errorf("the fresh stack has left %v", left)
	}
}

func TestExperiments_RefuseWhatCannotBeRecorded(t *testing.T) {
	root := stacktest.Root(t, "us", "eu")
	if err := run(t.Context(), t.Output(), root, "soak", "-short"); err == nil || !strings.Contains(err.Error(), "the commit is unknown") {
		t.Errorf("outside of a checkout: got %v", err)
	}
	checkout(t, root)
	if err := run(t.Context(), t.Output(), root, "scale", "-curve", "moon"); err == nil || !strings.Contains(err.Error(), "rate, regions, rows, values") {
		t.Errorf("got %v, want the curves named", err)
	}
	if err := run(t.Context(), t.Output(), root, "loss", "-fault", "killed,bogus"); err == nil || !strings.Contains(err.Error(), `"bogus"`) {
		t.Errorf("got %v, want the fault refused before anything runs", err)
	}
	if err := run(t.Context(), t.Output(), root, "crdt", "-short", "-running"); err == nil || !strings.Contains(err.Error(), "task up") {
		t.Errorf("got %v, want it said that nothing runs, and how to start it", err)
	}
	if err := os.WriteFile(filepath.Join(root, "x.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), t.Output(), root, "lag", "-out", "."); err == nil || !strings.Contains(err.Error(), "x.json is no record") {
		t.Errorf("got %v, want the file named before anything is measured", err)
	}
}

// checkout makes a directory one, with a commit.
func checkout(t *testing.T, root string) {
	t.Helper()
	for _, args := range [][]string{
		{"init", "-q"},
		{"-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-q", "--allow-empty", "-m", "empty"},
	} {
		if out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", root}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v: %s", args[0], err, out)
		}
	}
}

// The experiments that count what is lost hold their claims on any machine, but for those
// of speed.
func TestExperiments_HoldTheirClaims(t *testing.T) {
	for _, some := range [][][]string{
		{{"lww", "-pairs", "100", "-rate", "50", "-scene", "5", "-scene", "8"}, {"crdt", "-pairs", "60", "-rate", "50"}, {"latency", "-writes", "10"}},
		{{"partition", "-cut", "12s", "-rate", "100"}},
		{{"failover", "-kills", "1", "-rate", "200"}, {"ryw", "-writes", "40"}},
		{{"failback", "-away", "3s", "-subjects", "60", "-rate", "60"}},
		{{"causal", "-pairs", "40"}},
	} {
		t.Run(some[0][0], func(t *testing.T) {
			t.Parallel()
			holdTheirClaims(t, some)
		})
	}
}

func holdTheirClaims(t *testing.T, experiments [][]string) {
	t.Helper()
	root := stacktest.BuiltRoot(t, "us", "eu", "ap")
	apart(t, root)
	checkout(t, root)
	t.Cleanup(func() {
		if err := run(context.Background(), t.Output(), root, "clean"); err != nil {
			t.Error(err)
		}
	})
	for _, args := range experiments {
		r := recordOf(t, root, args)
		if control := controlOf(args[0]); !holds(r, control) {
			if r = recordOf(t, root, args); !holds(r, control) {
				t.Errorf("%s: twice it did not hold that %s: the reads prove nothing", args[0], control)
			}
		}
		if r.Writes == 0 || len(r.Claims) == 0 || len(r.Tables) == 0 {
			t.Errorf("%s: %d writes, %d claims", args[0], r.Writes, len(r.Claims))
		}
		noneButOfSpeed(t, r)
	}
}

// controlOf is in the claim of an experiment about what has to be seen where nothing guards
// against it, if that is one of speed: a busy machine may hide it, but not twice. It is in
// every claim where there is none.
func controlOf(experiment string) string {
	switch experiment {
	case "failback":
		return "some that it answers are stale"
	case "ryw":
		return "one that hops does not, in any class"
	}
	return ""
}

// holds reports whether the claim with that text holds.
func holds(r *results.Record, text string) bool {
	return slices.ContainsFunc(r.Claims, func(c results.Claim) bool { return c.Held && strings.Contains(c.Text, text) })
}

// recordOf runs an experiment, and returns the record that it leaves.
func recordOf(t *testing.T, root string, args []string) *results.Record {
	t.Helper()
	if err := run(t.Context(), t.Output(), root, slices.Concat(args, []string{"-out", "docs"})...); err != nil && !strings.Contains(err.Error(), "hold") {
		t.Fatalf("%s: %v", args[0], err)
	}
	r, err := results.Read(filepath.Join(root, "docs", args[0]+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// noneButOfSpeed fails for the broken claims that no machine may break.
func noneButOfSpeed(t *testing.T, r *results.Record) {
	t.Helper()
	for _, c := range r.Broken() {
		if !c.Speed {
			t.Errorf("%s: %s: %s", r.Name, c.Text, c.Found)
		}
	}
}

// apart gives the regions distances at which two writes can pass each other.
func apart(t *testing.T, root string) {
	t.Helper()
	file := filepath.Join(root, "topology.yaml")
	world, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	further := strings.ReplaceAll(string(world), ": 20ms", ": 200ms")
	if further == string(world) {
		t.Fatal("no distance was found in " + file)
	}
	if err := os.WriteFile(file, []byte(further), 0o644); err != nil {
		t.Fatal(err)
	}
}
