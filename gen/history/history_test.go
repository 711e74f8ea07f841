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
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"pangea/gen/client"
	"pangea/gen/measure"
	"pangea/gen/workload"
	"pangea/region"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// begun is when the runs of these tests did. All times of a history count from it.
var begun = time.Now()

func header() Header {
	return Header{
		Run: "7-1", Started: begun, Seed: 7, Prefix: "g7-", Config: "any", Machine: "this",
		Ledgers: Ledgers{"us": []region.LedgerRow{{Class: "counter", Origin: "us", Committed: 3, Live: 3}}},
	}
}

// call is operation i, which was due at i ms, sent 1 ms later and answered 2 ms after that.
func call(i uint64, body string) *Call {
	at := func(ms uint64) time.Time { return begun.Add(time.Duration(ms) * time.Millisecond) }
	return &Call{
		Sample: measure.Sample{
			Op:  workload.Op{Index: i, Class: workload.Counter, Kind: workload.Incr, Key: "g7-1", By: 3, Body: []byte(`{"by":3}`)},
			Due: at(i), Sent: at(i + 1), Done: at(i + 3), Answer: client.Answer{Status: 200, ServedBy: "us"},
		},
		Session: 4, At: "eu", MinVector: "us=2", Body: []byte(body),
	}
}

func record(t *testing.T, dir string, calls ...*Call) {
	t.Helper()
	w, err := Create(dir, header())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range calls {
		w.Record(c)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestHistory_ReadsBackWhatWasRecorded(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	lost := call(2, "")
	lost.Answer, lost.Err = client.Answer{}, errors.New(`read "answer": timeout`)
	page := call(3, "<html>\nno JSON")
	page.Answer.Status = 502
	record(t, dir, call(1, `{"key":"g7-1","value":5,"version_vector":"us=3"}`+"\n"), lost, page)
	got, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	const ms = int64(time.Millisecond)
	one := Record{
		Index: 1, Session: 4, At: "eu", Class: workload.Counter, Key: "g7-1", Kind: workload.Incr, Arg: json.RawMessage(`{"by":3}`), Min: "us=2",
		Start: 2 * ms, End: 4 * ms, Outcome: measure.OK, By: "us", Status: 200, Answer: json.RawMessage(`{"key":"g7-1","value":5,"version_vector":"us=3"}`),
	}
	two, three := one, one
	two.Index, two.Start, two.End = 2, 3*ms, 5*ms
	two.Outcome, two.By, two.Status, two.Answer, two.Error = measure.Unanswered, "", 0, nil, `read "answer": timeout`
	three.Index, three.Start, three.End = 3, 4*ms, 6*ms
	three.Outcome, three.Status, three.Answer = measure.Unanswered, 502, json.RawMessage(`"<html>\nno JSON"`)
	if diff := cmp.Diff([]Record{one, two, three}, got.Records); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	want := header()
	if got.Run != want.Run || got.Seed != 7 || got.Prefix != "g7-" || !cmp.Equal(got.Ledgers, want.Ledgers) || !got.Started.Equal(begun) {
		t.Errorf("header: got %+v, want %+v", got.Header, want)
	}
}

// Many callers, more lines than fit into the chunks that wait: none is missing, none torn.
func TestHistory_KeepsEveryLineOfManyCallers(t *testing.T) {
	const callers, each = 16, 2000
	dir := filepath.Join(t.TempDir(), "run")
	w, err := Create(dir, header())
	if err != nil {
		t.Fatal(err)
	}
	var calling sync.WaitGroup
	for c := range uint64(callers) {
		calling.Go(func() {
			for i := range uint64(each) {
				w.Record(call(c*each+i, `{"value":"`+strings.Repeat("x", 200)+`"}`))
			}
		})
	}
	calling.Wait()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	h, err := Read(filepath.Join(dir, HistoryFile))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint64]bool{}
	for _, r := range h.Records {
		seen[r.Index] = true
	}
	if len(h.Records) != callers*each || len(seen) != callers*each {
		t.Errorf("read %d lines of %d operations, want %d", len(h.Records), len(seen), callers*each)
	}
}

func TestRead_SaysWhatIsWrongWithAFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	record(t, dir, call(1, `{}`), call(2, `{}`))
	whole, err := os.ReadFile(filepath.Join(dir, HistoryFile))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(whole, []byte("\n"))
	for name, test := range map[string]struct {
		text []byte
		want string
	}{
		"empty":                          {nil, "not a history"},
		"something else":                 {[]byte("{\"seed\":1}\n"), "not a history"},
		"a later format":                 {[]byte("{\"pangea_history\":2}\n"), "format 2"},
		"killed":                         {whole[:len(whole)-len(lines[3])], "cut short"},
		"killed half-way through a line": {whole[:len(lines[0])+len(lines[1])/2], "cut short"},
		"a line is missing":              {slicesJoin(lines[0], lines[2], lines[3]), "cut short"},
		"a line is torn":                 {slicesJoin(lines[0], lines[1][5:], lines[2], lines[3]), "line 2"},
	} {
		path := filepath.Join(t.TempDir(), "history.jsonl")
		if err := os.WriteFile(path, test.text, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path); err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v, want %q and the path", name, err, test.want)
		}
	}
}

func slicesJoin(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestCreate_ReplacesNothing(t *testing.T) {
	dir := t.TempDir()
	record(t, dir, call(1, `{}`))
	if _, err := Create(dir, header()); err == nil || !strings.Contains(err.Error(), "another folder") {
		t.Errorf("got %v, want what to do", err)
	}
}

// A disk without room ends the run, and is an error: /dev/full is one.
func TestWriter_FullDiskIsAnError(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	w, err := Create(dir, header())
	if err != nil {
		t.Fatal(err)
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.file.Close(); err != nil {
		t.Fatal(err)
	}
	w.file = full
	for failed := false; !failed; {
		w.Record(call(1, `{"value":"`+strings.Repeat("x", 10_000)+`"}`))
		select {
		case <-w.Failed():
			failed = true
		default:
		}
	}
	for range 10_000 { // nobody waits for a disk that is full
		w.Record(call(1, `{"value":"`+strings.Repeat("x", 1000)+`"}`))
	}
	if err := w.Close(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("close: got %v, want %v", err, syscall.ENOSPC)
	}
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), "cut short") {
		t.Errorf("read: got %v, want it cut short", err)
	}
}

// A file that takes all that is written and cannot be synced gets no last line: a pipe is one.
func TestWriter_CountsOnlyWhatIsOnTheDisk(t *testing.T) {
	w, err := Create(filepath.Join(t.TempDir(), "run"), header())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.file.Close(); err != nil {
		t.Fatal(err)
	}
	var out *os.File
	if out, w.file, err = os.Pipe(); err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w.Record(call(1, `{}`))
	if err := w.Close(); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("close: got %v, want %v", err, syscall.EINVAL)
	}
	text, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(text, []byte(`{"i":1,`)) || bytes.Count(text, []byte("\n")) != 1 {
		t.Errorf("got %q, want the operation and no last line", text)
	}
}

// What other tools read: the log's own reader, here.
func TestWriter_LatenciesAreAnIntervalLog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	failed := call(9, `{}`)
	failed.Answer.Status = 503
	reading := call(3, `{}`)
	reading.Op.Kind = workload.Read
	record(t, dir, call(1, `{}`), call(2, `{}`), reading, failed)
	f, err := os.Open(filepath.Join(dir, LatencyFile))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	reader := hdrhistogram.NewHistogramLogReader(bufio.NewReader(f))
	got := map[string]string{}
	for {
		h, err := reader.NextIntervalHistogram()
		if err != nil {
			t.Fatal(err)
		}
		if h == nil {
			break
		}
		got[h.Tag()] = fmt.Sprintf("%d of %.1f ms", h.TotalCount(), float64(h.Max())/1e6)
	}
	want := map[string]string{"counter": "2 of 3.0 ms", "counter-read": "1 of 3.0 ms"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("intervals (-want +got):\n%s", diff)
	}
}

func BenchmarkWriter(b *testing.B) {
	w, err := Create(filepath.Join(b.TempDir(), "run"), header())
	if err != nil {
		b.Fatal(err)
	}
	c := call(1, `{"key":"g7-1","value":5,"version_vector":"ap=100,eu=200,us=300"}`)
	b.ReportAllocs()
	for b.Loop() {
		w.Record(c)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
}
