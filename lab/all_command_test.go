package lab_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v3"

	"pangea/lab"
	"pangea/lab/results"
	"pangea/lab/stack/stacktest"
)

// One that cannot be completed is named in the end, and does not keep others from being
// run. The ledger has their figures.
func TestAll_GoesOn(t *testing.T) {
	t.Parallel()
	root := stacktest.BuiltRoot(t, "us", "ap") // lww writes to eu
	checkout(t, root)
	t.Cleanup(func() {
		if err := run(context.Background(), t.Output(), root, "clean"); err != nil {
			t.Error(err)
		}
	})
	var out bytes.Buffer
	err := run(t.Context(), io.MultiWriter(&out, t.Output()), root, "all", "-short", "-seed", "7", "-only", "ryw,lww")
	if err == nil || !strings.Contains(err.Error(), "lww") {
		t.Errorf("got %v, want lww named", err)
	}
	for _, want := range []string{"1 of 2: lww", "2 of 2: ryw", "lww        │ –", "ryw.md"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q was not printed", want)
		}
	}
	r, err := results.Read(filepath.Join(root, ".pangea", "results", "ryw.json"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "go tool task exp:ryw -- -short -seed 7"; r.Command != want || r.Seed != 7 {
		t.Errorf("got %q and seed %d, want %q", r.Command, r.Seed, want)
	}
	ledger, err := os.ReadFile(filepath.Join(root, ".pangea", "ledger.md"))
	if err != nil || !strings.Contains(string(ledger), "[ryw](results/ryw.md), commit "+r.Commit()+", seed 7") {
		t.Errorf("got %v and\n%s", err, ledger)
	}
}

// All of them are commands with a short form, and tasks.
func TestAll_ListsWhatIsThere(t *testing.T) {
	err := run(t.Context(), t.Output(), checkoutRoot(t), "all", "-only", "moon")
	if err == nil {
		t.Fatal("there is an experiment called moon")
	}
	_, list, _ := strings.Cut(err.Error(), "they are ")
	names := strings.Split(list, ", ")
	for _, name := range names {
		command := lab.Command().Command(name)
		if command == nil {
			t.Errorf("%s is no command", name)
			continue
		}
		for _, flag := range []string{"short", "seed", "out"} {
			if !slices.ContainsFunc(command.Flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), flag) }) {
				t.Errorf("%s has no flag -%s", name, flag)
			}
		}
	}
	text, err := os.ReadFile("../Taskfile.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile(`(?m)^  exp:([a-z]+):`).FindAllStringSubmatch(string(text), -1) {
		// These measure what the ledger has nothing of.
		if task := found[1]; !slices.Contains(names, task) && !slices.Contains([]string{"all", "catchup", "scale"}, task) {
			t.Errorf("the task exp:%s is not among all", task)
		}
	}
}

func checkoutRoot(t *testing.T) string {
	t.Helper()
	root := stacktest.Root(t, "us", "eu")
	checkout(t, root)
	return root
}
