package history

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// History is the content of a file.
type History struct {
	Header
	Records []Record
}

// Read reads a history from its file, or from the folder of it. Its error says whether the
// file is none, or was cut short.
func Read(path string) (*History, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, HistoryFile)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	defer f.Close()
	h, err := decode(f)
	if err != nil {
		return nil, fmt.Errorf("%s %w", path, err)
	}
	return h, nil
}

var errCut = errors.New("is cut short: the run was killed, or its disk was full; record another one")

func decode(in io.Reader) (*History, error) {
	lines := bufio.NewReaderSize(in, 1<<20)
	first, err := lines.ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	h := &History{}
	if err := json.Unmarshal(first, &h.Header); err != nil || h.Format == 0 {
		return nil, errors.New("is not a history: make one with gen run -record")
	}
	if h.Format != Format {
		return nil, fmt.Errorf("is a history of format %d, and this program reads %d", h.Format, Format)
	}
	for n := 2; ; n++ {
		line, err := lines.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if err != nil { // no whole line is left, and the last was no trailer
			return nil, errCut
		}
		if bytes.HasPrefix(line, []byte(`{"operations":`)) {
			return h, h.end(line)
		}
		var r Record
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("has a line %d that is no operation: %w", n, err)
		}
		h.Records = append(h.Records, r)
	}
}

// end compares the last line with what came before it.
func (h *History) end(line []byte) error {
	var t trailer
	if err := json.Unmarshal(line, &t); err != nil || t.Operations == nil || *t.Operations != uint64(len(h.Records)) {
		return errCut
	}
	return nil
}
