package handles_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/api"
	"pangea/region/api/contract"
	"pangea/region/handles"
	"pangea/region/topology"
)

// The HTTP server's clock, of which a process has one, runs for ever.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
}

// site is one region: its state, and where it listens.
type site struct {
	*contract.Memory
	url string
	reg *prometheus.Registry
}

// twoRegions starts us, which owns every handle, and eu, whose calls to us go to
// link, or directly if it is empty.
func twoRegions(t *testing.T, link string) (us, eu *site) {
	t.Helper()
	listeners := map[string]net.Listener{"us": listen(t), "eu": listen(t)}
	topo := &topology.Topology{
		RTT:     map[string]time.Duration{"us-eu": time.Millisecond},
		Handles: topology.Handles{Shards: 64, Owners: map[string]string{"us": "0-63"}},
	}
	for _, name := range []string{"us", "eu"} {
		topo.Regions = append(topo.Regions, topology.Region{Name: name, HTTP: listeners[name].Addr().String()})
	}
	if link != "" {
		topo.Links.Listeners = map[string]string{"eu_us_http": link}
	}
	return start(t, topo, "us", listeners["us"]), start(t, topo, "eu", listeners["eu"])
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func start(t *testing.T, topo *topology.Topology, name string, l net.Listener) *site {
	t.Helper()
	m, reg := contract.NewMemory(name), prometheus.NewRegistry()
	h, err := handles.New(handles.Config{
		Region: name, Topology: topo, Registerer: reg,
		Catchup: 50 * time.Millisecond, Patience: 300 * time.Millisecond,
	}, handles.Parts{Writer: m, Reader: m, Positions: m})
	if err != nil {
		t.Fatal(err)
	}
	a, err := api.New(api.Config{Region: name, Topology: topo}, api.Parts{
		Writer: m, Reader: m, Positions: m, Handles: h, Books: m, Log: m.Log, Snapshot: m.Snapshot, Status: m.Status,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, l) }()
	t.Cleanup(func() {
		h.Close()
		cancel()
		<-ended
	})
	return &site{Memory: m, url: "http://" + l.Addr().String(), reg: reg}
}

// ask sends a request; pairs are headers.
func (s *site) ask(t *testing.T, do, body string, pairs ...string) (*http.Response, string) {
	t.Helper()
	resp, answer, err := s.try(t.Context(), do, body, pairs...)
	if err != nil {
		t.Fatal(err)
	}
	return resp, answer
}

func (s *site) try(ctx context.Context, do, body string, pairs ...string) (*http.Response, string, error) {
	method, path, _ := strings.Cut(do, " ")
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	for i := 0; i < len(pairs); i += 2 {
		req.Header.Set(pairs[i], pairs[i+1])
	}
	client := &http.Transport{DisableKeepAlives: true}
	resp, err := client.RoundTrip(req)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", do, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return resp, string(answer), err
}

func (s *site) want(t *testing.T, status int, text, do, body string, pairs ...string) *http.Response {
	t.Helper()
	resp, answer := s.ask(t, do, body, pairs...)
	if resp.StatusCode != status || !strings.Contains(answer, text) {
		t.Errorf("%s: got %d %s, want %d with %s", do, resp.StatusCode, answer, status, text)
	}
	return resp
}

const ada, bob = `{"claimant":"ada"}`, `{"claimant":"bob"}`

func TestForward_OwnerDecides(t *testing.T) {
	us, eu := twoRegions(t, "")
	us.Suffer(contract.Trouble{Registered: 1})
	us.Acknowledge(100, 1)
	eu.Apply(crdt.Vector{{Region: "us", Epoch: 1}: 100})

	resp := eu.want(t, 201, `{"name":"x/y","claimant":"ada","owner":"us"`, "PUT /handle/x%2Fy", ada)
	if got := resp.Header.Get("X-Served-By"); got != "eu" {
		t.Errorf("got X-Served-By %q, want the region that answered", got)
	}
	if got := resp.Header.Get("X-Version-Vector"); got != "us=1" {
		t.Errorf("got vector %q, want the owner's", got)
	}
	if got := resp.Header.Get(handles.PositionHeader); got != "" {
		t.Errorf("got %s %q, want it to stay between regions", handles.PositionHeader, got)
	}
	us.want(t, 200, `"claimant":"ada"`, "PUT /handle/x%2Fy", ada)
	eu.want(t, 409, `"claimant":"ada"`, "PUT /handle/x%2Fy", bob)
	eu.want(t, 200, `"claimant":"ada"`, "GET /handle/x%2Fy", "")
	eu.want(t, 404, `/problems/absent`, "GET /handle/x%2Fy?consistency=eventual", "") // eu's copy is empty
	eu.want(t, 409, `/problems/taken`, "DELETE /handle/x%2Fy?claimant=bob", "")
	eu.want(t, 200, `"claimant":null`, "DELETE /handle/x%2Fy?claimant=ada", "")
	eu.want(t, 404, `/problems/absent`, "GET /handle/x%2Fy", "")
	if got := testutil.CollectAndCount(eu.reg); got != 3 {
		t.Errorf("got %d series of forwards, want 3 for the one peer", got)
	}
}

func TestForward_PassesConditionsOn(t *testing.T) {
	us, eu := twoRegions(t, "")
	eu.Apply(crdt.Vector{{Region: "us", Epoch: 1}: 100})
	eu.want(t, 201, "", "PUT /handle/x", ada, "Idempotency-Key", "k")
	resp := eu.want(t, 201, "", "PUT /handle/x", ada, "Idempotency-Key", "k")
	if resp.Header.Get("Idempotency-Replayed") != "true" {
		t.Error("the owner's replay was not told")
	}
	us.want(t, 201, "", "PUT /handle/x", ada, "Idempotency-Key", "k") // the same request there
	eu.want(t, 422, "idempotency-key-reused", "PUT /handle/x", bob, "Idempotency-Key", "k")
	eu.want(t, 503, "not-caught-up", "GET /handle/x", "", "X-Min-Version-Vector", "us=50", "Prefer", "wait=0")
	eu.want(t, 400, "malformed", "GET /handle/x", "", "X-Ack", "quorum")
	us.Suffer(contract.Trouble{Registered: 1})
	for _, do := range []string{"GET /handle/x", "DELETE /handle/x?claimant=bob"} {
		eu.want(t, 504, "not-acknowledged", do, "", "Prefer", "wait=0")
	}
	eu.want(t, 504, "not-acknowledged", "PUT /handle/y", ada, "Prefer", "wait=0")
	us.want(t, 200, `"claimant":"ada"`, "GET /handle/y?consistency=eventual", "") // the claim stands
}

// A region that does not own the handle never sends a forwarded request on.
func TestForward_OnlyOnce(t *testing.T) {
	_, eu := twoRegions(t, "")
	for _, do := range []string{"GET /handle/x", "DELETE /handle/x?claimant=ada"} {
		eu.want(t, 421, "/problems/not-owner", do, "", handles.ForwardedHeader, "us")
	}
	eu.want(t, 421, "/problems/not-owner", "PUT /handle/x", ada, handles.ForwardedHeader, "us")
}

// The answer is held back until the region that forwarded shows the claim too.
func TestForward_WaitsForOwnCopy(t *testing.T) {
	us, eu := twoRegions(t, "")
	answered := make(chan error, 1)
	us.want(t, 201, "", "PUT /handle/x", ada)
	start := time.Now()
	eu.want(t, 200, "", "GET /handle/x", "") // eu never applies us=1
	if waited := time.Since(start); waited < 50*time.Millisecond {
		t.Errorf("answered after %v, want the whole of Catchup", waited)
	}
	eu.Apply(crdt.Vector{{Region: "us", Epoch: 1}: 1})
	go func() {
		_, _, err := eu.try(t.Context(), "GET /handle/x", "")
		answered <- err
	}()
	select {
	case err := <-answered:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Error("no answer though us=1 was applied")
	}
}

func TestForward_OwnerAway(t *testing.T) {
	closed := listen(t)
	_ = closed.Close() // refuses connections
	_, eu := twoRegions(t, closed.Addr().String())
	for range 2 {
		eu.want(t, 503, "owner-away", "GET /handle/x", "")
		eu.want(t, 503, "owner-away", "PUT /handle/x", ada)
		eu.want(t, 503, "owner-away", "DELETE /handle/x?claimant=ada", "")
		eu.want(t, 404, "absent", "GET /handle/x?consistency=eventual", "")
		eu.Suffer(contract.Trouble{Unreachable: []string{"us"}}) // now it is not even tried
	}
}

// What an owner says of itself is not said of the region that asked: a router would take
// that one for not ready, and its clients to another.
func TestForward_OwnerIsNotReady(t *testing.T) {
	us, eu := twoRegions(t, "")
	for _, trouble := range []contract.Trouble{{NotReady: "catching up"}, {ReadError: region.ErrUnavailable, WriteError: region.ErrUnavailable}} {
		us.Suffer(trouble)
		eu.want(t, 503, "owner-away", "GET /handle/x", "")
		eu.want(t, 503, "owner-away", "PUT /handle/x", ada)
		eu.want(t, 503, "owner-away", "DELETE /handle/x?claimant=ada", "")
	}
	us.Suffer(contract.Trouble{})
	eu.want(t, 503, "not-caught-up", "GET /handle/x", "", "X-Min-Version-Vector", "us=50", "Prefer", "wait=0") // the client's own condition
}

// Once a request may have been sent, a write may have happened.
func TestForward_BrokenConnection(t *testing.T) {
	for name, breakOff := range map[string]func(net.Conn){
		"closed at once":              func(c net.Conn) {},
		"closed after the request":    func(c net.Conn) { _, _ = c.Read(make([]byte, 4096)) },
		"closed in the answer's head": respond("HTTP/1.1 201 Created\r\nContent-Le"),
		"closed in the answer's body": respond("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{"),
		"something before the owner":  respond("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"),
		"no answer":                   func(c net.Conn) { _, _ = io.Copy(io.Discard, c) },
	} {
		t.Run(name, func(t *testing.T) {
			_, eu := twoRegions(t, brokenLink(t, breakOff))
			eu.want(t, 503, "owner-away", "GET /handle/x", "", "Prefer", "wait=0")
			eu.want(t, 504, "unknown-outcome", "PUT /handle/x", ada, "Prefer", "wait=0")
			eu.want(t, 504, "unknown-outcome", "DELETE /handle/x?claimant=ada", "", "Prefer", "wait=0")
		})
	}
}

// The owner reads a write from a connection that was used before, and dies: a client
// of net/http that sends it again by itself is refused the connection then.
func TestForward_OwnerDiesOnAReusedConnection(t *testing.T) {
	for do, body := range map[string]string{"PUT /handle/x": ada, "DELETE /handle/x?claimant=ada": ""} {
		t.Run(do, func(t *testing.T) {
			owner, read := listen(t), make(chan *http.Request, 2)
			go func() {
				c, err := owner.Accept()
				_ = owner.Close()
				if err != nil {
					return
				}
				defer c.Close()
				in := bufio.NewReader(c)
				for range 2 {
					req, err := readRequest(in)
					if err != nil {
						return
					}
					read <- req
					if req.Method == http.MethodGet {
						_, _ = io.WriteString(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}")
					}
				}
			}()
			_, eu := twoRegions(t, owner.Addr().String())
			eu.want(t, 404, "", "GET /handle/x", "")
			eu.want(t, 504, "unknown-outcome", do, body, "Idempotency-Key", "k")
			if <-read; (<-read).Header.Get("Idempotency-Key") != "k" {
				t.Error("the owner did not get the key")
			}
			eu.want(t, 503, "owner-away", do, body, "Idempotency-Key", "k") // this one was not sent
		})
	}
}

// readRequest reads a request with its body.
func readRequest(from *bufio.Reader) (*http.Request, error) {
	req, err := http.ReadRequest(from)
	if err == nil {
		_, err = io.Copy(io.Discard, req.Body)
	}
	return req, err
}

// A key is forwarded byte for byte, also where net/url would spell it anew.
func TestForward_KeepsTheKeysSpelling(t *testing.T) {
	targets := make(chan string, 1)
	_, eu := twoRegions(t, brokenLink(t, func(c net.Conn) {
		if req, err := readRequest(bufio.NewReader(c)); err == nil {
			targets <- req.RequestURI
		}
	}))
	for _, target := range []string{"/handle/a%2F{b", "/handle/a%2f%7Bb", "/handle/%61", "/handle/a%20b?consistency=strong&x={"} {
		c, err := net.Dial("tcp", strings.TrimPrefix(eu.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: eu\r\nConnection: close\r\n\r\n", target)
		if err != nil {
			t.Error(err)
		}
		answer, err := io.ReadAll(c)
		_ = c.Close()
		select {
		case got := <-targets:
			if got != target {
				t.Errorf("the owner was asked for %q, want %q", got, target)
			}
		default:
			t.Errorf("%s was not forwarded: %s, %v", target, answer, err)
		}
	}
}

func respond(answer string) func(net.Conn) {
	return func(c net.Conn) {
		_, _ = c.Read(make([]byte, 4096))
		_, _ = io.WriteString(c, answer)
	}
}

// brokenLink accepts connections and ends each after serve.
func brokenLink(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l := listen(t)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				serve(c)
			}()
		}
	}()
	return l.Addr().String()
}
