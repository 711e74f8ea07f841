package regiontest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"pangea/region"
)

// Answer is a region's answer to one request.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Field is a member of the answer's body, as text; "" if there is none.
func (a Answer) Field(name string) string {
	var body map[string]any
	decoder := json.NewDecoder(strings.NewReader(a.Body))
	decoder.UseNumber()
	if err := decoder.Decode(&body); err != nil || body[name] == nil {
		return ""
	}
	return fmt.Sprint(body[name])
}

// URL is a path of a region's API.
func (w *World) URL(name, path string) string {
	r, err := w.Topology.Region(name)
	if err != nil {
		panic(err)
	}
	return "http://" + r.HTTP + path
}

// Do sends one request to a region, with headers as pairs. It fails the test if
// there is no answer.
func (w *World) Do(t testing.TB, name, method, path, body string, header ...string) Answer {
	t.Helper()
	a, err := w.Try(t, name, method, path, body, header...)
	if err != nil {
		t.Fatalf("%s %s at %s: %v", method, path, name, err)
	}
	return a
}

// Try is Do for requests that may find nobody. A request that is under way when the
// test ends is not cut off.
func (w *World) Try(t testing.TB, name, method, path, body string, header ...string) (Answer, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), method, w.URL(name, path), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	client := http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return Answer{resp.StatusCode, resp.Header, string(text)}, err
}

// OK is Do for requests that must be answered with a 2xx status.
func (w *World) OK(t testing.TB, name, method, path, body string, header ...string) Answer {
	t.Helper()
	a := w.Do(t, name, method, path, body, header...)
	if a.Status/100 != 2 {
		t.Fatalf("%s %s at %s: %d %s", method, path, name, a.Status, a.Body)
	}
	if path == "/batch" {
		if line := refused(a.Body); line != "" {
			t.Fatalf("a line of a batch at %s: %s", name, line)
		}
	}
	return a
}

// Puts sends a batch to a region, again and again until each of its lines is answered well.
// The lines are such that may be repeated.
func (w *World) Puts(t testing.TB, name, lines string) {
	t.Helper()
	Eventually(t, Patience, func() string {
		a := w.Do(t, name, "POST", "/batch", lines)
		switch {
		case a.Status != http.StatusOK:
			return a.Body
		case strings.Count(a.Body, "\n") < strings.Count(strings.TrimSpace(lines), "\n")+1:
			return "fewer answers than lines: " + a.Body
		}
		return refused(a.Body)
	})
}

// refused is the first line of a batch, each of which has a status of its own, that was not
// answered well.
func refused(answers string) string {
	for line := range strings.Lines(answers) {
		var answer struct{ Status int }
		if err := json.Unmarshal([]byte(line), &answer); err != nil || answer.Status/100 != 2 {
			return line
		}
	}
	return ""
}

// Status is a region's /status.
func (w *World) Status(t testing.TB, name string) region.Status {
	t.Helper()
	var s region.Status
	a := w.OK(t, name, "GET", "/status", "")
	if err := json.Unmarshal([]byte(a.Body), &s); err != nil {
		t.Fatalf("status of %s: %v", name, err)
	}
	return s
}

// Digest is a region's /digest.
func (w *World) Digest(t testing.TB, name string) region.Digest {
	t.Helper()
	var d region.Digest
	a := w.OK(t, name, "GET", "/digest", "")
	if err := json.Unmarshal([]byte(a.Body), &d); err != nil {
		t.Fatalf("digest of %s: %v", name, err)
	}
	return d
}

// Ledger is a region's /ledger.
func (w *World) Ledger(t testing.TB, name string) []region.LedgerRow {
	t.Helper()
	var l struct{ Ledger []region.LedgerRow }
	a := w.OK(t, name, "GET", "/ledger", "")
	if err := json.Unmarshal([]byte(a.Body), &l); err != nil {
		t.Fatalf("ledger of %s: %v", name, err)
	}
	return l.Ledger
}
