package api_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"pangea/crdt"
	"pangea/lab/logtest"
	"pangea/region"
	"pangea/region/api"
	"pangea/region/api/contract"
)

// ask sends one request; pairs are headers.
func ask(t *testing.T, base, do, body string, pairs ...string) (*http.Response, string) {
	t.Helper()
	resp, answer, err := try(t.Context(), base, do, body, pairs...)
	if err != nil {
		t.Fatal(err)
	}
	return resp, answer
}

func try(ctx context.Context, base, do, body string, pairs ...string) (*http.Response, string, error) {
	method, path, _ := strings.Cut(do, " ")
	req, err := http.NewRequestWithContext(ctx, method, base+path, strings.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	for i := 0; i < len(pairs); i += 2 {
		req.Header.Set(pairs[i], pairs[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", do, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return resp, string(answer), err
}

// want checks a status and the name of a problem.
func want(t *testing.T, resp *http.Response, body string, status int, problem string) {
	t.Helper()
	if resp.StatusCode != status || problem != "" && !strings.Contains(body, `"/problems/`+problem+`"`) {
		t.Errorf("%s %s: got %d %s, want %d %s", resp.Request.Method, resp.Request.URL.Path, resp.StatusCode, body, status, problem)
	}
}

var stateRequests = []struct{ do, body string }{
	{"GET /profile/a", ""},
	{"PUT /profile/a", "1"},
	{"GET /counter/a", ""},
	{"POST /counter/a/incr", ""},
	{"POST /counter/a/decr", ""},
	{"GET /tags/a", ""},
	{"POST /tags/a/add", `{"tag":"x"}`},
	{"POST /tags/a/remove", `{"tag":"x"}`},
	{"GET /prefs/a", ""},
	{"PATCH /prefs/a", `{"a":1}`},
	{"GET /handle/a", ""},
	{"GET /handle/a?consistency=eventual", ""},
	{"PUT /handle/a", `{"claimant":"x"}`},
	{"DELETE /handle/a?claimant=x", ""},
}

func TestAPI_NotReadyRefusesStateOnly(t *testing.T) {
	m := contract.NewMemory("us")
	base := serve(t, m)
	m.Suffer(contract.Trouble{NotReady: "still 7 entries behind eu", Unreachable: []string{"eu"}})
	for _, r := range stateRequests {
		resp, body := ask(t, base, r.do, r.body)
		want(t, resp, body, 503, "not-ready")
		if resp.Header.Get("Retry-After") != "1" {
			t.Errorf("%s: got Retry-After %q", r.do, resp.Header.Get("Retry-After"))
		}
	}
	resp, body := ask(t, base, "POST /batch", `{"op":"counter.incr","key":"a"}`)
	want(t, resp, body, 503, "not-ready")
	resp, body = ask(t, base, "GET /readyz", "")
	want(t, resp, body, 503, "not-ready")
	if !strings.Contains(body, "still 7 entries behind eu") || !strings.Contains(body, "[eu]") {
		t.Errorf("got %s, want the reason and the silent peer", body)
	}
	for _, do := range []string{"GET /healthz", "GET /status", "GET /metrics", "GET /digest", "GET /ledger", "GET /conflicts", "GET /log/us?from=1.1"} {
		resp, body := ask(t, base, do, "")
		want(t, resp, body, 200, "")
	}
	m.Suffer(contract.Trouble{Unreachable: []string{"eu"}})
	if _, body := ask(t, base, "GET /readyz", ""); !strings.Contains(body, `"isolated":true,"silent":["eu"]`) {
		t.Errorf("got %s, want isolated from eu", body)
	}
	if _, body := ask(t, base, "GET /counter/a", ""); !strings.Contains(body, `"value":0`) {
		t.Errorf("got %s, want nothing written", body)
	}
}

func TestAPI_ErrorsOfParts(t *testing.T) {
	m := contract.NewMemory("us")
	base := serve(t, m)
	for _, c := range []struct {
		err           error
		read, write   int
		readP, writeP string
	}{
		{fmt.Errorf("dial: %w", region.ErrUnavailable), 503, 503, "unavailable", "unavailable"},
		{region.ErrFenced, 503, 503, "unavailable", "unavailable"},
		{context.DeadlineExceeded, 503, 504, "unavailable", "unknown-outcome"},
		{fmt.Errorf("commit: %w", region.ErrUnknown), 504, 504, "unknown-outcome", "unknown-outcome"},
		{region.ErrRejected, 422, 422, "rejected", "rejected"},
		{errors.New("the disk sings"), 500, 504, "internal", "unknown-outcome"},
	} {
		m.Suffer(contract.Trouble{ReadError: c.err, WriteError: c.err})
		for _, r := range stateRequests {
			resp, body := ask(t, base, r.do, r.body)
			if resp.Request.Method == http.MethodGet {
				want(t, resp, body, c.read, c.readP)
			} else {
				want(t, resp, body, c.write, c.writeP)
			}
		}
		resp, body := ask(t, base, "POST /batch", `{"op":"counter.incr","key":"a"}`)
		want(t, resp, body, 200, c.writeP)
	}
}

// A write that was committed is never reported as one without effect.
func TestAPI_ReadBackFailsAfterCommit(t *testing.T) {
	m := contract.NewMemory("us")
	base := serve(t, m)
	m.Suffer(contract.Trouble{ReadError: region.ErrUnavailable})
	resp, body := ask(t, base, "POST /tags/a/add", `{"tag":"x"}`)
	want(t, resp, body, 504, "unknown-outcome")
	resp, body = ask(t, base, "PATCH /prefs/a", `{"a":1}`)
	want(t, resp, body, 504, "unknown-outcome")
	m.Suffer(contract.Trouble{})
	if _, body := ask(t, base, "GET /tags/a", ""); !strings.Contains(body, `["x"]`) {
		t.Errorf("got %s, want the tag", body)
	}
}

func TestAPI_MinVersionVectorWaits(t *testing.T) {
	m := contract.NewMemory("us")
	base := serve(t, m)
	resp, body := ask(t, base, "GET /counter/a", "", "X-Min-Version-Vector", "eu=3", "Prefer", "wait=0")
	want(t, resp, body, 503, "not-caught-up")
	done := make(chan string, 1)
	go func() {
		_, body, err := try(t.Context(), base, "GET /counter/a", "", "X-Min-Version-Vector", "eu=3", "Prefer", "wait=30")
		done <- fmt.Sprint(body, err)
	}()
	select {
	case body := <-done:
		t.Fatalf("answered before eu=3 was applied: %s", body)
	case <-time.After(20 * time.Millisecond):
	}
	m.Apply(crdt.Vector{{Region: "eu", Epoch: 1}: 3})
	if body := <-done; !strings.Contains(body, `"version_vector":"eu=3"`) {
		t.Errorf("got %s, want an answer at eu=3", body)
	}
}

func TestAPI_Acknowledgements(t *testing.T) {
	m := contract.NewMemory("us")
	base := serve(t, m)
	resp, body := ask(t, base, "POST /counter/a/incr", "", "X-Ack", "all") // of no peers
	want(t, resp, body, 200, "")
	m.Suffer(contract.Trouble{Registered: 1})
	m.Acknowledge(0, 1)
	for _, ack := range []string{"peer", "all"} {
		resp, body = ask(t, base, "POST /counter/a/incr", "", "X-Ack", ack, "Prefer", "wait=0")
		want(t, resp, body, 504, "not-acknowledged")
	}
	// A removal that finds nothing rests on another, which no peer may have either.
	resp, body = ask(t, base, "POST /tags/a/remove", `{"tag":"t"}`, "X-Ack", "peer", "Prefer", "wait=0")
	want(t, resp, body, 504, "not-acknowledged")
	for _, line := range []string{`{"op":"counter.incr","key":"a"}`, `{"op":"tags.remove","key":"a","tag":"t"}`} {
		resp, body = ask(t, base, "POST /batch", line, "X-Ack", "peer", "Prefer", "wait=0")
		want(t, resp, body, 200, "not-acknowledged")
	}
	resp, body = ask(t, base, "PUT /handle/a", `{"claimant":"x"}`, "X-Ack", "local", "Prefer", "wait=0")
	want(t, resp, body, 504, "not-acknowledged")
	for _, do := range []string{"GET /handle/a", "DELETE /handle/a?claimant=y"} {
		resp, body = ask(t, base, do, "", "Prefer", "wait=0")
		want(t, resp, body, 504, "not-acknowledged")
	}
	resp, body = ask(t, base, "GET /handle/a?consistency=eventual", "")
	want(t, resp, body, 200, "")
	if _, body = ask(t, base, "GET /counter/a", ""); !strings.Contains(body, `"value":4`) {
		t.Errorf("got %s, want every write to stand", body)
	}
	m.Suffer(contract.Trouble{Registered: 2})
	m.Acknowledge(100, 1)
	for ack, status := range map[string]int{"peer": 200, "all": 504} {
		resp, body = ask(t, base, "PUT /handle/a", `{"claimant":"x"}`, "X-Ack", ack, "Prefer", "wait=0")
		want(t, resp, body, status, "")
		resp, body = ask(t, base, "POST /counter/a/incr", "", "X-Ack", ack, "Prefer", "wait=0")
		want(t, resp, body, status, "")
	}
}

func TestAPI_BatchAnswersEveryLineInOrder(t *testing.T) {
	base := serve(t, contract.NewMemory("us"))
	const n = 2500 // three parts
	var body strings.Builder
	for i := range n {
		fmt.Fprintf(&body, `{"op":"counter.incr","key":"a","id":"%d"}`+"\n", i)
	}
	resp, answer := ask(t, base, "POST /batch", body.String())
	lines := strings.Split(strings.TrimSpace(answer), "\n")
	if resp.StatusCode != 200 || len(lines) != n {
		t.Fatalf("got %d with %d lines, want %d", resp.StatusCode, len(lines), n)
	}
	for i, line := range lines {
		want := fmt.Sprintf(`{"status":200,"id":"%d","value":%d,"version_vector":"us=%d"}`, i, i+1, i+1)
		if line != want {
			t.Fatalf("line %d: got %s, want %s", i, line, want)
		}
	}
	if got := resp.Header.Get("X-Version-Vector"); got != "us=1000" {
		t.Errorf("got header %q, want what the first part shows", got)
	}
	if got := resp.Trailer.Get("X-Version-Vector"); got != "us=2500" {
		t.Errorf("got trailer %q, want what all parts show", got)
	}
}

func TestAPI_LogIsFramed(t *testing.T) {
	m := contract.NewMemory("us")
	var gaps []uint64
	a := newAPI(t, m, func(seq uint64) { gaps = append(gaps, seq) })
	server := listen(t, a)
	for range 3 {
		ask(t, server, "POST /counter/a/incr", "")
	}
	resp, page := ask(t, server, "GET /log/us?from=1.2&gap=1", "")
	want(t, resp, page, 200, "")
	r := bufio.NewReader(strings.NewReader(page))
	for _, want := range []string{"2", "3"} {
		if payload, err := region.ReadFrame(r); err != nil || string(payload) != want {
			t.Errorf("got %q, %v, want %s", payload, err, want)
		}
	}
	if _, err := region.ReadFrame(r); err != io.EOF {
		t.Errorf("got %v, want the end of the page", err)
	}
	ask(t, server, "GET /log/eu?from=1.1&gap=1", "")
	if !slices.Equal(gaps, []uint64{2}) {
		t.Errorf("got gaps %v, want the one in us's stream", gaps)
	}
}

// The length of a body need not be said beforehand.
func TestAPI_ChunkedBodies(t *testing.T) {
	base := serve(t, contract.NewMemory("us"))
	for path, limit := range map[string]int{"/counter/a/incr": 64 << 10, "/batch": 8 << 20} {
		for extra, status := range map[int]int{0: 200, 1: 413} {
			body := `{}` + strings.Repeat(" ", limit-2+extra)
			req, err := http.NewRequestWithContext(t.Context(), "POST", base+path, io.MultiReader(strings.NewReader(body)))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			want(t, resp, "", status, "")
		}
	}
}

// A batch gives its place to the next one, whatever comes of it.
// A panic once answers are being sent breaks that connection, and gives the place back.
func TestAPI_BatchThatBreaksOff(t *testing.T) {
	m := panicking{contract.NewMemory("us")}
	var said logtest.Log
	cfg := api.Config{Batches: 1, Timeout: time.Second, Logger: slog.New(slog.NewTextHandler(&said, nil))}
	base := listen(t, build(t, m.Memory, cfg, func(p *api.Parts) { p.Writer = m }))
	const good, sick, times = `{"op":"counter.incr","key":"a"}`, `{"op":"counter.incr","key":"sick"}`, 3
	for range times {
		client, body := connect(t, base), strings.Repeat(good+"\n", 1000)+sick
		client.send(t, fmt.Sprintf("POST /batch HTTP/1.1\r\nContent-Length: %d\r\n%s%s", len(body), end, body))
		resp, err := http.ReadResponse(client.answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		if answers, err := io.ReadAll(resp.Body); err == nil || bytes.Count(answers, []byte("\n")) != 1000 {
			t.Errorf("got %d lines, %v, want 1000 and a broken connection", bytes.Count(answers, []byte("\n")), err)
		}
		resp, answer := ask(t, base, "POST /batch", good)
		want(t, resp, answer, 200, "")
	}
	if n := strings.Count(said.String(), "answer broken off"); n != times {
		t.Errorf("the log tells of it %d times, want %d", n, times)
	}
}

func TestAPI_BatchesTakeTurns(t *testing.T) {
	m := panicking{contract.NewMemory("us")}
	base := listen(t, build(t, m.Memory, api.Config{Batches: 1, Timeout: time.Second}, func(p *api.Parts) { p.Writer = m }))
	const good, sick = `{"op":"counter.incr","key":"a"}`, `{"op":"counter.incr","key":"sick"}`
	for _, c := range []struct {
		body, problem string
		status        int
	}{{"", "malformed", 400}, {good, "", 200}, {sick, "unknown-outcome", 504}, {strings.Repeat(good+"\n", 3000), "", 200}, {good, "", 200}} {
		resp, body := ask(t, base, "POST /batch", c.body)
		want(t, resp, body, c.status, c.problem)
	}
}
