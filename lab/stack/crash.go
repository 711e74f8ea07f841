package stack

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// crashed says in one line that a part ended while it started, and why. logged is
// the size of its log before the start.
func crashed(p part, logFile string, logged int64) error {
	why := lastLine(logFile, logged)
	if why == "" {
		why = "it logged nothing"
	}
	return fmt.Errorf("%s ended while it started: %s (log: %s)", p.name, why, logFile)
}

// lastLine is the last line written to the file since it had the given size.
func lastLine(file string, since int64) string {
	const tail = 16 << 10
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	since = max(since, size(file)-tail)
	text, err := io.ReadAll(io.NewSectionReader(f, since, tail))
	if err != nil {
		return ""
	}
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	return string(lines[len(lines)-1])
}

func size(file string) int64 {
	info, err := os.Stat(file)
	if err != nil {
		return 0 // no log yet
	}
	return info.Size()
}
