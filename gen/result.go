package gen

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"pangea/gen/lag"
	"pangea/gen/measure"
	"pangea/gen/tally"
)

// Result is everything a run leaves behind, and the content of its file.
type Result struct {
	Config  Config          `json:"config"`
	Started time.Time       `json:"started"`
	Elapsed time.Duration   `json:"elapsed_ns"`
	CPU     time.Duration   `json:"cpu_ns"` // that the generator took for itself
	Machine Machine         `json:"machine"`
	Report  *measure.Report `json:"report"`
	Lag     *lag.Report     `json:"lag"`
	Tally   *tally.Tally    `json:"tally"`
}

// Machine is what a figure must be read with.
type Machine struct {
	Cores    int    `json:"cores"`
	Platform string `json:"platform"`
	Go       string `json:"go"`
	Commit   string `json:"commit,omitempty"` // of this program, "+" if the tree was changed
}

// ThisMachine is the one that this program runs on.
func ThisMachine() Machine {
	m := Machine{Cores: runtime.NumCPU(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return m
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	m.Commit = settings["vcs.revision"]
	if settings["vcs.modified"] == "true" {
		m.Commit += "+"
	}
	return m
}

// Print writes the result for a person.
func (r *Result) Print(out io.Writer) {
	r.Report.Print(out)
	r.Lag.Print(out)
	fmt.Fprintf(out, "generator: %.1f µs of CPU per operation\n", r.PerOperation().Seconds()*1e6)
	t := r.Tally
	fmt.Fprintf(out, "counters: %d keys, %d writes acknowledged, %d unanswered\n", len(t.Counters), t.Acknowledged, t.Unanswered)
}

// PerOperation is the CPU that an operation cost the generator.
func (r *Result) PerOperation() time.Duration {
	return r.CPU / time.Duration(max(r.Report.Total.Count, 1))
}

// Write makes a file of the result in dir and returns its path. It appears
// whole or not at all.
func (r *Result) Write(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make the folder of results: %w", err)
	}
	name := fmt.Sprintf("run-%d-%s.json", r.Config.Workload.Seed, r.Started.UTC().Format("20060102T150405.000"))
	path := filepath.Join(dir, name)
	return path, r.save(path)
}

func (r *Result) save(path string) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return fmt.Errorf("encode result: %w", err)
	}
	if err := os.WriteFile(path+".tmp", text, 0o644); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return os.Rename(path+".tmp", path)
}

// ReadResult reads the file of a run.
func ReadResult(path string) (*Result, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read result: %w", err)
	}
	r := &Result{}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%s is not the file of a run: %w", path, err)
	}
	if r.Tally == nil || r.Tally.Counters == nil {
		return nil, fmt.Errorf("%s is not the file of a run: it has no tally", path)
	}
	return r, nil
}

// ReadTally reads the tally from the file of a run.
func ReadTally(path string) (*tally.Tally, error) {
	r, err := ReadResult(path)
	if err != nil {
		return nil, err
	}
	return r.Tally, nil
}
