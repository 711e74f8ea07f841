package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// The names of the files in the folder of a history.
const (
	HistoryFile = "history.jsonl"
	LatencyFile = "latency.hlog"
)

const (
	chunkBytes = 256 << 10 // written at once
	chunks     = 16        // that wait for the disk, at most: then callers do
)

// Writer keeps what a run does. Record is safe for concurrent use.
type Writer struct {
	start     time.Time
	file, log *os.File

	mu        sync.Mutex
	chunk     []byte
	count     uint64
	latencies *latencies

	full    chan []byte // chunks to write
	empty   chan []byte // chunks to fill again
	failed  chan struct{}
	err     error // why, once failed is closed
	written sync.WaitGroup
}

// Create makes the files in dir, which has no history yet, and writes what the run is.
// Whoever gets a Writer must Close it.
func Create(dir string, h Header) (w *Writer, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder of the history: %w", err)
	}
	w = &Writer{
		start: h.Started, latencies: newLatencies(),
		full: make(chan []byte, chunks), empty: make(chan []byte, chunks), failed: make(chan struct{}),
	}
	if w.file, err = create(dir, HistoryFile); err != nil {
		return nil, err
	}
	if w.log, err = create(dir, LatencyFile); err != nil {
		return nil, errors.Join(err, w.file.Close())
	}
	if err := w.begin(h); err != nil {
		return nil, errors.Join(err, w.file.Close(), w.log.Close())
	}
	w.written.Go(w.write)
	return w, nil
}

func create(dir, name string) (*os.File, error) {
	path := filepath.Join(dir, name)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("%s is there already: record into another folder", path)
	}
	if err != nil {
		return nil, fmt.Errorf("create the history: %w", err)
	}
	return f, nil
}

func (w *Writer) begin(h Header) error {
	h.Format = Format
	line, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("encode the head of the history: %w", err)
	}
	if _, err := w.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write the history: %w", err)
	}
	return beginLog(w.log, h)
}

// Record keeps one operation. Nothing of it is used after it returns. It waits for a disk
// that is slow.
func (w *Writer) Record(c *Call) {
	if full := w.add(c); full != nil {
		w.full <- full
	}
}

// add returns the chunk, once it is worth writing.
func (w *Writer) add(c *Call) (full []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.chunk = appendCall(w.chunk, c, c.Sent.Sub(w.start).Nanoseconds(), c.Done.Sub(w.start).Nanoseconds())
	w.count++
	w.latencies.add(c)
	if len(w.chunk) < chunkBytes {
		return nil
	}
	full = w.chunk
	select {
	case w.chunk = <-w.empty:
	default:
		w.chunk = make([]byte, 0, chunkBytes+chunkBytes/8)
	}
	return full
}

// write takes chunks to the disk until there are no more, and the latencies of each
// second. After an error it goes on taking them, so that nobody waits for it.
func (w *Writer) write() {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case chunk, more := <-w.full:
			if !more {
				return
			}
			w.try(func() error { return writeTo(w.file, chunk) })
			select {
			case w.empty <- chunk[:0]:
			default:
			}
		case <-second.C:
			w.try(w.logLatencies)
		}
	}
}

func (w *Writer) logLatencies() error {
	w.mu.Lock()
	interval := w.latencies.take(time.Now())
	w.mu.Unlock()
	return interval.write(w.log)
}

// try does what may fail, unless something has.
func (w *Writer) try(do func() error) {
	if w.err != nil {
		return
	}
	if w.err = do(); w.err != nil {
		close(w.failed)
	}
}

func writeTo(f io.Writer, b []byte) error {
	if _, err := f.Write(b); err != nil {
		return fmt.Errorf("write the history: %w", err)
	}
	return nil
}

// Failed is closed once the disk takes no more: what happens from then on is lost.
func (w *Writer) Failed() <-chan struct{} { return w.failed }

// Close writes what is left, and on the last line how much there is. Its error means that
// the history is not whole. Nothing may be recorded after.
func (w *Writer) Close() error {
	w.full <- w.chunk
	close(w.full)
	w.written.Wait()
	w.try(w.logLatencies)
	w.try(w.finish)
	return errors.Join(w.err, w.file.Close(), w.log.Close())
}

// finish writes the last line once all before it is on the disk.
func (w *Writer) finish() error {
	if err := w.file.Sync(); err != nil {
		return fmt.Errorf("sync the history: %w", err)
	}
	line, err := json.Marshal(trailer{Operations: &w.count})
	if err != nil {
		return fmt.Errorf("encode the end of the history: %w", err)
	}
	if err := writeTo(w.file, append(line, '\n')); err != nil {
		return err
	}
	return errors.Join(w.file.Sync(), w.log.Sync())
}
