package lab_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pangea/lab"
	"pangea/lab/loss"
	"pangea/lab/stack/stacktest"
)

// A region of the real stack is destroyed under load, and the command says what became
// of what it had promised (I14).
func TestLoss_OneRoundOnARealStack(t *testing.T) {
	root := stacktest.BuiltRoot(t, "us", "eu", "ap")
	t.Cleanup(func() {
		if err := run(context.Background(), t.Output(), root, "clean"); err != nil {
			t.Error(err)
		}
	})
	var out bytes.Buffer
	file := filepath.Join(root, "figures.json")
	err := run(t.Context(), io.MultiWriter(&out, t.Output()), root, "loss",
		"-rounds", "1", "-rate", "200", "-region", "eu", "-seed", "13880", "-json", file) // a seed of short waits
	if err != nil || !strings.Contains(out.String(), "PASSED: in 1 rounds") {
		t.Fatalf("got %v, want it passed", err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var report loss.Report
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Rounds) != 1 || report.Broken() > 0 {
		t.Fatalf("got %+v, want one round, and nothing broken", report)
	}
	if r := report.Rounds[0]; r.Region != "eu" || r.Ready == 0 || r.Whole < r.Ready {
		t.Errorf("got %+v, want eu lost and back", r)
	}
}

func run(ctx context.Context, out io.Writer, root string, args ...string) error {
	command := lab.Command()
	command.Writer = out
	return command.Run(ctx, append([]string{"lab", "-root", root}, args...))
}
