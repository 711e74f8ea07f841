package ledger

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pangea/lab/results"
	"pangea/lab/ryw"
)

const docs = "../../docs"

func committed(t *testing.T) Records {
	t.Helper()
	records, err := Read(filepath.Join(docs, "results"))
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func markdown(t *testing.T, records Records) string {
	t.Helper()
	text, err := records.Markdown()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The ledger that is committed is the one that follows from the records that are.
func TestLedger_IsThatOfTheRecords(t *testing.T) {
	got, err := os.ReadFile(filepath.Join(docs, "ledger.md"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), markdown(t, committed(t))); diff != "" {
		t.Errorf("run `go tool task ledger`:\n%s", diff)
	}
}

// Without records there is no figure.
func TestLedger_InventsNothing(t *testing.T) {
	for i, row := range rows(markdown(t, Records{})) {
		if measured := strings.Contains(row, "not measured: run `go tool task exp:"); !measured {
			t.Errorf("row %d: got %s", i, row)
		}
	}
}

// Each figure stands beside the record that it is from.
func TestLedger_NamesTheRecordOfEachFigure(t *testing.T) {
	records := committed(t)
	seen := 0
	for _, row := range rows(markdown(t, records)) {
		if strings.Contains(row, "not measured") {
			continue
		}
		seen++
		ok := false
		for _, r := range records {
			ok = ok || strings.Contains(row, link(r)+", commit "+r.Commit()+", seed ")
		}
		if !ok {
			t.Errorf("no record is named in %s", row)
		}
	}
	if seen == 0 {
		t.Error("no figure was seen")
	}
}

// Every experiment that the ledger asks for has a task.
func TestLedger_AsksForTasksThatAreThere(t *testing.T) {
	tasks, err := os.ReadFile("../../Taskfile.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range figures() {
		if !strings.Contains(string(tasks), "\n  exp:"+f.experiment+":\n") {
			t.Errorf("there is no task exp:%s", f.experiment)
		}
	}
}

// A figure holds no more than its record does: not if a planted fault was not found, but if a
// busy machine was too slow for something.
func TestLedger_AFigureIsNoBetterThanItsRecord(t *testing.T) {
	for want, claim := range map[string]results.Claim{
		"yes": {Text: "it is fast", Speed: true},
		"NO":  {Text: "what was planted is found"},
	} {
		f := ryw.Finding{Counts: []ryw.Count{{Mode: ryw.Pinned, Reads: 400}}}
		p := &page{records: Records{"ryw": &results.Record{Name: "ryw", Figures: f, Claims: []results.Claim{claim}}}, used: map[string]bool{}}
		if got, err := p.look(pinned()); err != nil || got.verdict != want {
			t.Errorf("%s: got %+v, %v; want %s", claim.Text, got, err, want)
		}
	}
}

// Figures of another experiment are refused, and named.
func TestLedger_RefusesFiguresOfAnotherShape(t *testing.T) {
	_, err := Records{"crdt": &results.Record{Name: "crdt", Figures: []int{1}}}.Markdown()
	if err == nil || !strings.Contains(err.Error(), "the figures of record crdt") {
		t.Errorf("got %v", err)
	}
}

// rows are those of the tables of figures.
func rows(ledger string) (rows []string) {
	_, ledger, _ = strings.Cut(ledger, "\n## ")
	ledger, _, _ = strings.Cut(ledger, "## Where the figures come from")
	for line := range strings.Lines(ledger) {
		header := strings.HasPrefix(line, "|  |") || strings.HasPrefix(line, "| what |") || strings.HasPrefix(line, "| ---") || strings.HasPrefix(line, "| **")
		if strings.HasPrefix(line, "|") && !header {
			rows = append(rows, line)
		}
	}
	return rows
}

// figures are all of the ledger.
func figures() (all []figure) {
	for _, c := range classes() {
		for _, l := range c.lines() {
			all = append(all, l.figure)
		}
	}
	for _, c := range criteria() {
		for _, l := range c.lines {
			all = append(all, l.figure)
		}
	}
	return all
}
