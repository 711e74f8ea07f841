package links_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pangea/chaos/links"
	"pangea/region/topology"
)

// A cut of a busy connection leaves some of toxiproxy's goroutines blocked.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).read"))
}

// serve lays the links of us, eu and ap, each of which is one clock.
func serve(t *testing.T) (*links.Network, *topology.Topology) {
	t.Helper()
	topo := &topology.Topology{
		RTT:   map[string]time.Duration{"us-eu": 80 * time.Millisecond, "us-ap": 151 * time.Millisecond, "eu-ap": 120 * time.Millisecond},
		Links: topology.Links{API: "127.0.0.1:0", Listeners: map[string]string{}},
	}
	for _, name := range []string{"us", "eu", "ap"} {
		addr := clock(t)
		topo.Regions = append(topo.Regions, topology.Region{Name: name, NATS: addr, HTTP: addr})
	}
	for _, l := range topo.AllLinks() {
		topo.Links.Listeners[l.Name()] = "127.0.0.1:0"
	}
	server, err := links.Serve(t.Context(), topo)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return links.Open(server.Topology()), server.Topology()
}

// clock serves TCP connections until the test ends. To every byte it answers
// with the time of its arrival.
func clock(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { tell(conn) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		serving.Wait()
	})
	return listener.Addr().String()
}

func tell(conn net.Conn) {
	defer conn.Close()
	for b := make([]byte, 1); ; {
		if _, err := conn.Read(b); err != nil {
			return
		}
		if err := binary.Write(conn, binary.BigEndian, time.Now().UnixNano()); err != nil {
			return
		}
	}
}

// dial opens a connection over the link, or says why there is none.
func dial(t *testing.T, topo *topology.Topology, dialer, target string, p topology.Protocol) (net.Conn, error) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", topo.Address(dialer, target, p))
	if err == nil {
		t.Cleanup(func() { conn.Close() })
	}
	return conn, err
}

// trip is how long a byte took, and the answer to it.
type trip struct{ there, back time.Duration }

func (t trip) round() time.Duration { return t.there + t.back }

// ping is one round trip. Silence for the length of patience is context.DeadlineExceeded.
func ping(conn net.Conn, patience time.Duration) (trip, error) {
	start := time.Now()
	if err := conn.SetDeadline(start.Add(patience)); err != nil {
		return trip{}, err
	}
	if _, err := conn.Write([]byte{1}); err != nil {
		return trip{}, err
	}
	var nanos int64
	err := binary.Read(conn, binary.BigEndian, &nanos)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = context.DeadlineExceeded
	}
	arrival := time.Unix(0, nanos)
	return trip{there: arrival.Sub(start), back: time.Since(arrival)}, err
}

// flood asks for n answers at once, and returns how long they took to come.
func flood(t *testing.T, conn net.Conn, n int) time.Duration {
	t.Helper()
	start := time.Now()
	if err := conn.SetDeadline(start.Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(make([]byte, n)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 8*n)); err != nil {
		t.Fatal(err)
	}
	return time.Since(start)
}

// mustPing dials and pings.
func mustPing(t *testing.T, topo *topology.Topology, dialer, target string, p topology.Protocol) trip {
	t.Helper()
	conn, err := dial(t, topo, dialer, target, p)
	if err != nil {
		t.Fatalf("%s cannot reach %s: %v", dialer, target, err)
	}
	took, err := ping(conn, 10*time.Second)
	if err != nil {
		t.Fatalf("%s pings %s: %v", dialer, target, err)
	}
	return took
}
