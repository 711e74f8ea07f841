package results

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// WriteIndex makes README.md of the records in dir, which it makes too.
func WriteIndex(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the folder of results: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return err
	}
	var records []*Record
	for _, file := range files {
		r, err := Read(file)
		if err != nil {
			return err
		}
		records = append(records, r)
	}
	slices.SortFunc(records, func(a, b *Record) int {
		return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.Name, b.Name))
	})
	return replace(filepath.Join(dir, "README.md"), index(records))
}

func index(records []*Record) []byte {
	t := Table{Header: []string{"run", "started", "took", "writes", "claims", "commit", "machine", "command"}}
	var writes uint64
	for _, r := range records {
		writes += r.Writes
		t.Add(
			fmt.Sprintf("[%s](%s.md)", r.Title, r.Name),
			r.Started.UTC().Format("2006-01-02 15:04"),
			r.Elapsed.Round(time.Second).String(),
			grouped(r.Writes),
			r.Score(),
			r.Commit(),
			fmt.Sprintf("%d cores, %s", r.Machine.Cores, r.Machine.Platform),
			"`"+r.Command+"`, seed "+fmt.Sprint(r.Seed),
		)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "# Results\n\nGenerated from the JSON files here; each run replaces the one of its name.\n\n")
	fmt.Fprintf(&out, "%s\n\nIn all %s writes were acknowledged in %d recorded runs.\n", t.Markdown(), grouped(writes), len(records))
	return out.Bytes()
}

// Score is how many claims held, or how many did not.
func (r *Record) Score() string {
	if broken := len(r.Broken()); broken > 0 {
		return fmt.Sprintf("%d of %d BROKEN", broken, len(r.Claims))
	}
	return fmt.Sprintf("%d held", len(r.Claims))
}

// Commit is the one that was measured, abbreviated, with the mark of a changed tree.
func (r *Record) Commit() string {
	const digits = 10
	commit := r.Machine.Commit
	if len(commit) <= digits {
		return commit
	}
	if commit[len(commit)-1] == '+' {
		return commit[:digits] + "+"
	}
	return commit[:digits]
}
