package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Write makes the record's files in dir, which it makes too, and README.md anew.
func (r *Record) Write(dir string) error {
	if err := r.validate(); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the folder of results: %w", err)
	}
	figures, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return fmt.Errorf("encode record %s: %w", r.Name, err)
	}
	var svg bytes.Buffer
	if err := r.draw(&svg); err != nil {
		return fmt.Errorf("draw the curves of %s: %w", r.Name, err)
	}
	// The JSON file last: it is what README.md lists.
	for _, file := range []struct {
		ending  string
		content []byte
	}{{".svg", svg.Bytes()}, {".md", r.page()}, {".json", append(figures, '\n')}} {
		if len(file.content) == 0 {
			continue
		}
		if err := replace(filepath.Join(dir, r.Name+file.ending), file.content); err != nil {
			return err
		}
	}
	return WriteIndex(dir)
}

func (r *Record) draw(out io.Writer) error {
	if len(r.Charts) == 0 {
		return nil
	}
	svg, err := picture(r.Charts)
	if err != nil {
		return err
	}
	_, err = svg.WriteTo(out)
	return err
}

// replace writes a file whole or not at all.
func replace(path string, content []byte) error {
	if err := os.WriteFile(path+".tmp", content, 0o644); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return os.Rename(path+".tmp", path)
}

// FiguresOf are the figures of a record that was read, as what the experiment had made
// them of.
func FiguresOf[T any](r *Record) (figures T, err error) {
	text, err := json.Marshal(r.Figures)
	if err == nil {
		err = json.Unmarshal(text, &figures)
	}
	if err != nil {
		return figures, fmt.Errorf("the figures of record %s are of another experiment, or of another version of it: %w", r.Name, err)
	}
	return figures, nil
}

// Read is a record that Write has made.
func Read(path string) (*Record, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	r := &Record{}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%s is no record: %w", path, err)
	}
	if err := r.validate(); err != nil {
		return nil, fmt.Errorf("%s is no record: %w", path, err)
	}
	return r, nil
}
