package api_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"pangea/region/api/contract"
)

// connection is a client that writes what it likes.
type connection struct {
	net.Conn
	answers *bufio.Reader
}

func connect(t *testing.T, base string) connection {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return connection{conn, bufio.NewReader(conn)}
}

func (c connection) send(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// answer reads one answer, to a request of that method.
func (c connection) answer(t *testing.T, method string) (*http.Response, string) {
	t.Helper()
	resp, err := http.ReadResponse(c.answers, &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// ended checks that the server closes the connection, and says nothing more on it.
func (c connection) ended(t *testing.T) {
	t.Helper()
	if rest, err := io.ReadAll(c.answers); err != nil || len(rest) > 0 {
		t.Errorf("got %q, %v, want the end", rest, err)
	}
}

const end = "Host: a\r\n\r\n"

// What the server refuses itself is a problem like any other.
func TestWire_Refusals(t *testing.T) {
	base := serve(t, contract.NewMemory("us"))
	for name, c := range map[string]struct {
		text, problem string
		status        int
	}{
		"no request":          {"NONSENSE\r\n\r\n", "malformed", 400},
		"no version":          {"GET /healthz\r\n" + end, "malformed", 400},
		"no path":             {"GET healthz HTTP/1.1\r\n" + end, "malformed", 400},
		"no host":             {"GET /healthz HTTP/1.1\r\n\r\n", "malformed", 400},
		"two hosts":           {"GET /healthz HTTP/1.1\r\nHost: b\r\n" + end, "malformed", 400},
		"bad length":          {"PUT /profile/a HTTP/1.1\r\nContent-Length: -1\r\n" + end, "malformed", 400},
		"two lengths":         {"PUT /profile/a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n" + end, "malformed", 400},
		"unknown encoding":    {"PUT /profile/a HTTP/1.1\r\nTransfer-Encoding: gzip\r\n" + end, "malformed", 400},
		"bad chunk":           {"PUT /profile/a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + end + "x\r\n1\r\n", "malformed", 400},
		"large header":        {"GET /healthz HTTP/1.1\r\nX-A: " + strings.Repeat("a", 40<<10) + "\r\n" + end, "head-too-large", 431},
		"large path":          {"GET /profile/" + strings.Repeat("a", 40<<10) + " HTTP/1.1\r\n" + end, "head-too-large", 431},
		"large body, unsent":  {"PUT /profile/a HTTP/1.1\r\nContent-Length: 300000\r\n" + end + "{", "too-large", 413},
		"large batch, unsent": {"POST /batch HTTP/1.1\r\nContent-Length: 8388609\r\n" + end + "{", "too-large", 413},
	} {
		t.Run(name, func(t *testing.T) {
			client := connect(t, base)
			client.send(t, c.text)
			resp, body := client.answer(t, "")
			if resp.StatusCode != c.status || !strings.Contains(body, `"/problems/`+c.problem+`"`) || !resp.Close {
				t.Errorf("got %d %s, want %d %s and no more on this connection", resp.StatusCode, body, c.status, c.problem)
			}
			for header, want := range map[string]string{"Content-Type": "application/problem+json", "X-Served-By": "us"} {
				if got := resp.Header.Get(header); got != want {
					t.Errorf("got %s %q, want %q", header, got, want)
				}
			}
			client.ended(t)
		})
	}
}

// A client that has not been read to the end gets its answer, not a reset.
func TestWire_RefusedWhileSending(t *testing.T) {
	base := serve(t, contract.NewMemory("us"))
	client := connect(t, base)
	client.send(t, "POST /batch HTTP/1.1\r\nContent-Length: 9000000\r\n"+end+strings.Repeat(" ", 1<<20))
	if resp, body := client.answer(t, ""); resp.StatusCode != 413 {
		t.Errorf("got %d %s, want 413", resp.StatusCode, body)
	}
	client.ended(t)
}

// A body that nobody wants is not kept: this one has no end.
func TestWire_UnwantedBody(t *testing.T) {
	base := serve(t, contract.NewMemory("us"))
	for _, path := range []string{"/metrics", "/healthz", "/counter/a"} {
		client := connect(t, base)
		client.send(t, "GET "+path+" HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"+end+"5\r\nhello\r\n")
		if resp, body := client.answer(t, "GET"); resp.StatusCode != 200 {
			t.Errorf("%s: got %s %s", path, resp.Status, body)
		}
	}
}

func TestWire_KeepAlive(t *testing.T) {
	client := connect(t, serve(t, contract.NewMemory("us")))
	for _, c := range []struct {
		method, rest string
		status       int
	}{
		{"HEAD", "/healthz HTTP/1.1\r\n" + end, 200},
		{"HEAD", "/profile/a HTTP/1.1\r\n" + end, 404},
		{"PUT", "/profile/a HTTP/1.1\r\nContent-Length: 100000\r\n" + end + strings.Repeat("1", 100000), 413}, // and is read past
		{"GET", "/profile/a HTTP/1.1\r\nContent-Length: 3\r\n" + end + "abc", 404},
		{"POST", "/batch HTTP/1.1\r\nContent-Length: 33\r\n" + end + `{"op":"counter.incr","key":"abc"}`, 200},
		{"GET", "/log/us?from=1.1 HTTP/1.1\r\n" + end, 200},
		{"GET", "/snapshot?for=eu HTTP/1.1\r\n" + end, 200},
		{"GET", "/metrics HTTP/1.1\r\n" + end, 200},
		{"GET", "/metrics HTTP/1.1\r\nContent-Length: 100000\r\n" + end + strings.Repeat("1", 100000), 200},
		{"HEAD", "/log/us?from=1.1 HTTP/1.1\r\n" + end, 200},
		{"GET", "/healthz HTTP/1.0\r\nConnection: keep-alive\r\n" + end, 200},
		{"GET", "/healthz HTTP/1.1\r\nConnection: close\r\n" + end, 200},
	} {
		client.send(t, c.method+" "+c.rest)
		resp, body := client.answer(t, c.method)
		if resp.StatusCode != c.status || resp.Header.Get("Date") == "" {
			t.Errorf("%s %.30s: got %d %s, Date %q, want %d", c.method, c.rest, resp.StatusCode, body, resp.Header.Get("Date"), c.status)
		}
	}
	client.ended(t)
}

func TestWire_Pipelined(t *testing.T) {
	client := connect(t, serve(t, contract.NewMemory("us")))
	const n = 50
	client.send(t, strings.Repeat("POST /counter/a/incr HTTP/1.1\r\nContent-Length: 8\r\n"+end+`{"by":2}`, n))
	for i := range n {
		if _, body := client.answer(t, "POST"); !strings.Contains(body, fmt.Sprintf(`"value":%d,`, 2*i+2)) {
			t.Fatalf("answer %d: got %s", i, body)
		}
	}
}

func TestWire_Expect(t *testing.T) {
	client := connect(t, serve(t, contract.NewMemory("us")))
	client.send(t, "POST /counter/a/incr HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 8\r\n"+end)
	if line, err := client.answers.ReadString('\n'); err != nil || line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("got %q, %v, want 100", line, err)
	}
	if _, err := client.answers.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	client.send(t, `{"by":2}`)
	if resp, body := client.answer(t, "POST"); resp.StatusCode != 200 || !strings.Contains(body, `"value":2,`) {
		t.Errorf("got %d %s, want 2", resp.StatusCode, body)
	}
}

// Of a header that is sent twice the first one counts, unless it is a list.
func TestWire_DuplicateHeaders(t *testing.T) {
	m := contract.NewMemory("us")
	m.Suffer(contract.Trouble{Registered: 1})
	client := connect(t, serve(t, m))
	for headers, want := range map[string]string{
		"X-Ack: local\r\nX-Ack: nonsense\r\n":                                             "200",
		"X-Ack: nonsense\r\nX-Ack: local\r\n":                                             "400",
		"x-ack: peer\r\nPrefer: respond-async\r\nprefer: wait=0\r\nPrefer: wait=soon\r\n": "504",
		"X-Min-Version-Vector: us=0\r\nX-Min-Version-Vector: us=0\r\n":                    "400",
		"X-Min-Version-Vector: us=0\r\nX-Min-Version-Vector: eu=0\r\n":                    "200",
		"Idempotency-Key: a\r\nIdempotency-Key:\r\n":                                      "200",
	} {
		client.send(t, "POST /counter/a/incr HTTP/1.1\r\n"+headers+end)
		if resp, body := client.answer(t, "POST"); !strings.HasPrefix(resp.Status, want) {
			t.Errorf("%q: got %s %s, want %s", headers, resp.Status, body, want)
		}
	}
}

func TestWire_PathIsTakenAsSent(t *testing.T) {
	client := connect(t, serve(t, contract.NewMemory("us")))
	for target, key := range map[string]string{
		"/counter/a%2Fb{c}": "a/b{c}", "/counter/a%2e%2E": "a..", "/counter/.a": ".a", "/counter/a#b": "a#b",
		"/counter/%2F%2F": "//", "/counter/a%3Fb?c": "a?b", "/counter/a+%2B": "a++", "/counter/a;b=%00c": "",
		"/counter/a%": "", "/counter/%2e%2e": "", "/counter/a%zz": "", "http://other.example/counter/a%2fb": "a/b",
	} {
		client.send(t, "GET "+target+" HTTP/1.1\r\n"+end)
		resp, body := client.answer(t, "GET")
		if key == "" && resp.StatusCode != 400 || key != "" && !strings.Contains(body, `"key":"`+key+`"`) {
			t.Errorf("%s: got %s %s, want the key %q", target, resp.Status, body, key)
		}
	}
}
