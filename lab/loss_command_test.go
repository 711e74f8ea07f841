package lab_test

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"pangea/gen/workload"
	"pangea/lab"
	"pangea/lab/loss"
	"pangea/lab/results"
	"pangea/lab/stack/stacktest"
)

// A region of a real stack is killed under load, and then destroyed, and the record says
// what became of what it had promised (I14).
func TestLoss_OneRoundOnARealStack(t *testing.T) {
	root := stacktest.BuiltRoot(t, "us", "eu", "ap")
	t.Cleanup(func() {
		if err := run(context.Background(), t.Output(), root, "clean"); err != nil {
			t.Error(err)
		}
	})
	checkout(t, root)
	err := run(t.Context(), t.Output(), root, "loss",
		"-rounds", "1", "-rate", "200", "-region", "eu", "-seed", "13880", "-out", "docs") // a seed of short waits
	if err != nil && !strings.Contains(err.Error(), "hold") {
		t.Fatal(err)
	}
	record, err := results.Read(filepath.Join(root, "docs", "loss.json"))
	if err != nil {
		t.Fatal(err)
	}
	noneButOfSpeed(t, record)
	if want := "go tool task exp:loss -- -rounds 1 -rate 200 -region eu -seed 13880 -out docs"; record.Command != want {
		t.Errorf("got the command %q, want %q", record.Command, want)
	}
	findings, err := results.FiguresOf[[]*loss.Finding](record)
	if err != nil || len(findings) != 2 {
		t.Fatalf("got %v, %v; want both faults", findings, err)
	}
	for _, f := range findings {
		if r := f.Rounds[0]; len(f.Rounds) != 1 || r.Region != "eu" || r.Ready == 0 || r.Whole < r.Ready {
			t.Errorf("got %+v, want eu lost once and back", f)
		}
		for _, class := range workload.Classes() {
			if given := f.Of(loss.Kind{Class: class, Ack: loss.Peer}); given.Given == 0 || given.Lost > 0 {
				t.Errorf("%s, %s with a peer: %s", f.Fault, class, given)
			}
		}
	}
}

func run(ctx context.Context, out io.Writer, root string, args ...string) error {
	command := lab.Command()
	command.Writer = out
	return command.Run(ctx, append([]string{"lab", "-root", root}, args...))
}
