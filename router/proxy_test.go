package router

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// raw sends text as it is, and returns the answer.
func (s *stage) raw(text string) (*http.Response, string) {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, text); err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp, string(body)
}

func TestProxy_PathReachesTheRegionAsSent(t *testing.T) {
	s := newStage(t)
	s.region["us"].set(func(a *actor) {
		a.handler = func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.RequestURI) }
	})
	for _, path := range []string{
		"/profile/a%2Fb", "/profile/%2F", "/profile/..", "/profile/%2E%2e", "/profile/a/../b", "/profile/a%2F{b}",
		"/profile/a|\"b^`<>", "/profile/\xc3\xa4%2F", "/profile/a%00", "/profile/a+b%20c", "/profile/a?", "/", "/profile/a//b/",
		"/conflicts?limit=1&before=%2F;&x", "//profile/a%2Fb", "/profile/%68ealthz", "/%68ealthz", "/profile/a#b", "/router", "/healthz/", "/consoles",
	} {
		resp, got := s.raw("GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
		if resp.StatusCode != 200 || got != path {
			t.Errorf("%q reached the region as %q (%d)", path, got, resp.StatusCode)
		}
	}
	resp, got := s.raw("GET http://elsewhere/profile/a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
	if resp.StatusCode != 400 {
		t.Errorf("an absolute request line: %d %s, want 400", resp.StatusCode, got)
	}
}

func TestProxy_Headers(t *testing.T) {
	s := newStage(t)
	var got http.Header
	var host string
	s.region["us"].set(func(a *actor) {
		a.handler = func(w http.ResponseWriter, r *http.Request) {
			got, host = r.Header, r.Host
			w.Header().Set("X-Served-By", "us")
			w.Header().Set("Keep-Alive", "timeout=5")
			w.Header().Add("X-Twice", "1")
			w.Header().Add("X-Twice", "2")
			w.WriteHeader(http.StatusCreated)
		}
	})
	resp, _ := s.raw("POST /counter/a/incr HTTP/1.1\r\nHost: pangea.test\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n" +
		"Te: trailers\r\nExpect: 100-continue\r\nIdempotency-Key: k\r\nX-Forwarded-Region: eu\r\nContent-Length: 0\r\n\r\n")
	want := http.Header{"Idempotency-Key": {"k"}, "X-Forwarded-Region": {"eu"}, "Content-Length": {"0"}}
	if diff := cmp.Diff(want, got); diff != "" || host != "pangea.test" {
		t.Errorf("host %s; headers (-want +got):\n%s", host, diff)
	}
	h := resp.Header
	if resp.StatusCode != 201 || h.Get("X-Served-By") != "us" || h.Get("X-Routed-By") != "us" ||
		h.Get("Keep-Alive") != "" || len(h["X-Twice"]) != 2 {
		t.Errorf("answer: %d %v", resp.StatusCode, h)
	}
}

func TestProxy_BodiesAreWholeAndBounded(t *testing.T) {
	s := newStage(t)
	s.region["us"].set(func(a *actor) { // echoes the length it is told; the body was read before
		a.handler = func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.ContentLength) }
	})
	for _, c := range []struct {
		path       string
		size, want int
	}{
		{"/counter/a/incr", 0, 200},
		{"/counter/a/incr", maxBody, 200},
		{"/counter/a/incr", maxBody + 1, 413},
		{"/batch", maxBody + 1, 200},
		{"/batch?x", maxBatch, 200},
		{"/batch", maxBatch + 1, 413},
	} {
		body := strings.Repeat("x", c.size)
		chunked := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n", c.path)
		if c.size > 0 {
			chunked += fmt.Sprintf("%x\r\n%s\r\n", c.size, body)
		}
		if c.want == 200 { // a refused one is not read to its end
			if resp, text := s.raw(chunked + "0\r\n\r\n"); resp.StatusCode != 200 || text != fmt.Sprint(c.size) {
				t.Errorf("%s, %d bytes in chunks: %d %s", c.path, c.size, resp.StatusCode, text)
			}
			if got := s.do("POST", c.path, body); got.status != 200 || got.body != fmt.Sprint(c.size) {
				t.Errorf("%s, %d bytes: %+v", c.path, c.size, got)
			}
			continue
		}
		head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", c.path, c.size)
		if resp, text := s.raw(head); resp.StatusCode != 413 || problemName([]byte(text)) != "too-large" {
			t.Errorf("%s, %d bytes: %d %s", c.path, c.size, resp.StatusCode, text)
		}
		if resp, text := s.raw(strings.TrimSuffix(chunked, "\r\n")); resp.StatusCode != 413 {
			t.Errorf("%s, %d bytes in chunks: %d %s", c.path, c.size, resp.StatusCode, text)
		}
	}
}

func TestProxy_SlowHeaderNeverReachesARegion(t *testing.T) {
	s := newStage(t, func(c *Config) { c.SendTimeout = 50 * time.Millisecond })
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET /counter/a HTTP/1.1\r\nHost: h\r\nX-Slow: "); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if _, err := io.ReadAll(conn); err != nil || time.Since(begun) > 5*time.Second {
		t.Errorf("the connection ended after %v (%v), want 50ms", time.Since(begun), err)
	}
	if n := s.region["us"].served.Load(); n != 0 {
		t.Errorf("the region saw %d requests", n)
	}
}

func TestProxy_SlowBodyNeverReachesARegion(t *testing.T) {
	s := newStage(t, func(c *Config) { c.SendTimeout = 300 * time.Millisecond })
	resp, text := s.raw("POST /counter/a/incr HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n{")
	if resp.StatusCode != 408 || problemName([]byte(text)) != "too-slow" || !resp.Close {
		t.Errorf("got %d %s (close %v), want 408 too-slow and the connection closed", resp.StatusCode, text, resp.Close)
	}
	if n := s.region["us"].served.Load(); n != 0 {
		t.Errorf("the region saw %d requests", n)
	}
}

// The deadline of a body must not outlive it.
func TestProxy_AnswerMayTakeLongerThanABody(t *testing.T) {
	s := newStage(t, func(c *Config) { c.SendTimeout = 300 * time.Millisecond })
	s.region["us"].set(func(a *actor) {
		a.handler = func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(600 * time.Millisecond):
				w.Header().Set("X-Served-By", "us")
			case <-r.Context().Done():
			}
		}
	})
	s.servedBy(s.do("POST", "/counter/a/incr", "{}"), "us")
}

func TestProxy_TimeoutIsTheClientsWaitAndTheConfigs(t *testing.T) {
	s := newStage(t, func(c *Config) { c.Timeout = 100 * time.Millisecond })
	s.region["us"].set(func(a *actor) {
		a.handler = func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(300 * time.Millisecond):
				w.Header().Set("X-Served-By", "us")
			case <-r.Context().Done():
			}
		}
	})
	s.problem(s.do("POST", "/counter/a/incr", ""), 504, "unknown-outcome")
	s.servedBy(s.do("POST", "/counter/a/incr", "", "Prefer", "respond-async, wait=5"), "us")
	for header, want := range map[string]time.Duration{
		"wait=2": 2 * time.Second, "WAIT=0.5": time.Second / 2, "wait=1e9": maxWait, "wait=-1": 0, "wait=NaN": 0, "wait": 0, "": 0,
	} {
		if got := preferredWait(http.Header{"Prefer": {header}}); got != want {
			t.Errorf("Prefer: %s waits %v, want %v", header, got, want)
		}
	}
}

func TestProxy_LargeAnswers(t *testing.T) {
	s := newStage(t)
	large := bytes.Repeat([]byte("line\n"), 100_000)
	whole := true
	s.region["us"].set(func(a *actor) {
		a.handler = func(w http.ResponseWriter, _ *http.Request) {
			if _, _ = w.Write(large); !whole {
				_ = http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			}
		}
	})
	if got := s.do("POST", "/batch", "{}"); got.err != nil || got.body != string(large) {
		t.Errorf("got %d bytes (%v), want %d", len(got.body), got.err, len(large))
	}
	whole = false
	if got := s.do("POST", "/batch", "{}"); got.err == nil {
		t.Errorf("an answer that broke off looks whole: %d bytes", len(got.body))
	}
}

func TestProxy_Head(t *testing.T) {
	s := newStage(t)
	s.region["us"].set(func(a *actor) {
		a.handler = func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1234")
			w.Header().Set("X-Served-By", "us "+r.Method)
		}
	})
	got := s.do("HEAD", "/profile/a", "")
	s.servedBy(got, "us HEAD")
	if got.header.Get("Content-Length") != "1234" {
		t.Errorf("Content-Length %q, want 1234", got.header.Get("Content-Length"))
	}
}

func TestRun_StopsAfterTheRequestsUnderWay(t *testing.T) {
	s := newStage(t)
	arrived, finish := make(chan struct{}), make(chan struct{})
	s.region["us"].set(func(a *actor) {
		a.handler = func(w http.ResponseWriter, _ *http.Request) {
			close(arrived)
			<-finish
			w.Header().Set("X-Served-By", "us")
		}
	})
	late := make(chan reply, 1)
	go func() { late <- s.do("POST", "/counter/a/incr", "") }()
	<-arrived
	s.stop()
	s.until("the door is shut", func() bool { return s.do("GET", "/healthz", "").err != nil })
	close(finish)
	s.servedBy(<-late, "us")
}

func TestOwnRoutes(t *testing.T) {
	s := newStage(t)
	if got := s.do("GET", "/healthz", ""); got.status != 200 || got.header.Get("X-Routed-By") != "us" {
		t.Errorf("/healthz: %+v", got)
	}
	var st status
	if got := s.do("GET", "/router/status", ""); json.Unmarshal([]byte(got.body), &st) != nil || st.Current != "us" ||
		len(st.Regions) != 3 || st.Regions[2].Region != "ap" || !st.Regions[0].Ready || st.Regions[0].LastCheck.IsZero() {
		t.Errorf("/router/status: %s", got.body)
	}
	s.problem(s.do("GET", "/console", ""), 404, "no-route")
	for _, path := range []string{"/router/else", "/snapshot?for=us", "/log/us?from=1.1"} {
		s.problem(s.do("GET", path, ""), 404, "no-route")
	}
	s.problem(s.do("POST", "/metrics", ""), 405, "wrong-method")
	if n := s.region["us"].served.Load(); n != 0 {
		t.Errorf("the region saw %d requests for the router's own routes", n)
	}
}

// TestConsoleRoutes: all below /console is the console's, whatever the method, and no
// region sees it.
func TestConsoleRoutes(t *testing.T) {
	s := newStage(t, func(c *Config) {
		c.Console = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Method, " ", r.URL.Path) })
	})
	for _, want := range []string{"GET /console", "GET /console/events", "POST /console/faults"} {
		method, path, _ := strings.Cut(want, " ")
		if got := s.do(method, path, ""); got.status != 200 || got.body != want {
			t.Errorf("%s: got %d %q, want it from the console", want, got.status, got.body)
		}
	}
	if n := s.region["us"].served.Load(); n != 0 {
		t.Errorf("the region saw %d requests for the console", n)
	}
	s.servedBy(s.do("GET", "/consoles", ""), "us")
}

func TestMetrics(t *testing.T) {
	s := newStage(t)
	s.do("GET", "/profile/a", "")
	s.region["us"].server.Close()
	s.do("GET", "/profile/a", "")
	s.until("us is down", func() bool { return s.current() == "eu" })
	got := s.do("GET", "/metrics", "").body
	for _, line := range []string{
		`pangea_router_requests_total{region="us",status="2xx",target="us"} 1`,
		`pangea_router_requests_total{region="us",status="2xx",target="eu"} 1`,
		`pangea_router_region_ready{region="us",target="us"} 0`,
		`pangea_router_region_ready{region="us",target="ap"} 1`,
		`pangea_router_moves_total{kind="failover",region="us"} 1`,
		`pangea_router_detection_seconds_count{region="us"} 1`,
	} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("no line %s in\n%s", line, got)
		}
	}
	problems, err := testutil.GatherAndLint(s.reg)
	if err != nil || len(problems) != 0 {
		t.Errorf("lint: %v %v", problems, err)
	}
}
