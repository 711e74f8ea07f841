package api_test

import (
	"context"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/api"
	"pangea/region/api/contract"
)

// A client that never finishes its request is cut off, and harms nobody meanwhile.
func TestServer_SlowClients(t *testing.T) {
	for name, start := range map[string]string{
		"headers": "POST /counter/a/incr HTTP/1.1\r\nHost: a\r\nX-",
		"body":    "POST /counter/a/incr HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n{",
		"batch":   "POST /batch HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n{}\n",
		"nothing": "",
	} {
		t.Run(name, func(t *testing.T) {
			base, address := impatient(t)
			slow, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer slow.Close()
			if _, err := io.WriteString(slow, start); err != nil {
				t.Fatal(err)
			}
			resp, body := ask(t, base, "POST /counter/a/incr", "")
			want(t, resp, body, 200, "")
			if err := slow.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(slow)
			if refused := strings.HasPrefix(string(answer), "HTTP/1.1 408 "); err != nil || refused != (start != "") || !refused && len(answer) > 0 {
				t.Errorf("got %q, %v, want a refusal, if anything was sent, and the end of the connection", answer, err)
			}
			_, body = ask(t, base, "GET /counter/a", "")
			if !strings.Contains(body, `"value":1`) {
				t.Errorf("got %s, want only the other client's write", body)
			}
		})
	}
}

// impatient serves with all limits cut to a tenth of a second.
func impatient(t *testing.T) (base, address string) {
	t.Helper()
	m := contract.NewMemory("us")
	base = listen(t, assemble(t, m, hurried(), m.Snapshot))
	return base, strings.TrimPrefix(base, "http://")
}

func hurried() api.Config {
	const limit = 100 * time.Millisecond
	return api.Config{HeadTimeout: limit, BodyTimeout: limit, WriteTimeout: limit, IdleTimeout: limit}
}

// A stop answers what is under way, closes every connection and takes no more.
func TestServer_Stop(t *testing.T) {
	m := contract.NewMemory("us")
	base, stop := start(t, newAPI(t, m, nil))
	idle, fresh, waiting := connect(t, base), connect(t, base), connect(t, base)
	idle.send(t, "GET /healthz HTTP/1.1\r\n"+end)
	idle.answer(t, "GET")
	waiting.send(t, "GET /counter/a HTTP/1.1\r\nX-Min-Version-Vector: eu=3\r\nPrefer: wait=30\r\n"+end)
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	idle.ended(t)
	m.Apply(crdt.Vector{{Region: "eu", Epoch: 1}: 3})
	if resp, body := waiting.answer(t, "GET"); resp.StatusCode != 200 || !resp.Close {
		t.Errorf("got %s %s, want an answer, the last one", resp.Status, body)
	}
	waiting.ended(t)
	fresh.ended(t)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", strings.TrimPrefix(base, "http://")); err == nil {
		t.Error("it still listens")
	}
}

// A stop does not wait for a client, however long the client would.
func TestServer_StopIsBounded(t *testing.T) {
	base, stop := start(t, newAPI(t, contract.NewMemory("us"), nil))
	waiting := connect(t, base)
	waiting.send(t, "GET /counter/a HTTP/1.1\r\nX-Min-Version-Vector: eu=3\r\nPrefer: wait=30\r\n"+end)
	begun := time.Now()
	if err := stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("took %s", took)
	}
}

// A handler that panics answers so, and harms no other.
func TestServer_Panic(t *testing.T) {
	for do, want := range map[string]string{"GET /counter/a": `"/problems/internal"`, "POST /counter/a/incr": `"/problems/unknown-outcome"`} {
		m := panicking{contract.NewMemory("us")}
		base := listen(t, build(t, m.Memory, api.Config{}, func(p *api.Parts) { p.Reader, p.Writer = m, m }))
		for range 3 {
			if _, body := ask(t, base, do, ""); !strings.Contains(body, want) {
				t.Errorf("%s: got %s, want %s", do, body, want)
			}
		}
		resp, body := ask(t, base, "GET /healthz", "")
		if resp.StatusCode != 200 {
			t.Errorf("got %s", body)
		}
	}
}

type panicking struct{ *contract.Memory }

func (panicking) Counter(context.Context, string) (string, error) { panic("no counter") }

func (panicking) Do(context.Context, region.Write) (region.Result, error) { panic("no writer") }

func (p panicking) DoAll(ctx context.Context, ws []region.Write) ([]region.Result, []error) {
	if ws[0].Key == "sick" {
		panic("no writer")
	}
	return p.Memory.DoAll(ctx, ws)
}

// A process that has too many files open goes on listening.
func TestServer_TooManyFiles(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- newAPI(t, contract.NewMemory("us"), nil).Run(ctx, &crowded{l, 2}) }()
	client := connect(t, "http://"+l.Addr().String())
	client.send(t, "GET /healthz HTTP/1.1\r\nConnection: close\r\n"+end)
	if resp, body := client.answer(t, "GET"); resp.StatusCode != 200 {
		t.Errorf("got %s", body)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// crowded is a listener of a process that has too many files for a while.
type crowded struct {
	net.Listener
	times int
}

func (c *crowded) Accept() (net.Conn, error) {
	if c.times--; c.times >= 0 {
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return c.Listener.Accept()
}

// A database that says nothing holds no peer's request for ever, nor its place (I4, I13).
func TestServer_PeersDoNotWaitForEver(t *testing.T) {
	limit := 100 * time.Millisecond
	base := listen(t, build(t, contract.NewMemory("us"), api.Config{Timeout: limit, ChunkTimeout: limit}, func(p *api.Parts) {
		p.Log = func(ctx context.Context, _ crdt.Origin, _ uint64, _ int) ([]region.Record, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		p.Snapshot = func(ctx context.Context, _ string, _ io.Writer) error {
			<-ctx.Done()
			return ctx.Err()
		}
	}))
	for _, do := range []string{"GET /log/us?from=1.1", "GET /snapshot?for=eu"} {
		for range 3 { // more than may be sent a snapshot at once
			resp, body := ask(t, base, do, "")
			want(t, resp, body, 503, "unavailable")
		}
	}
}
