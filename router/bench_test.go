package router

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pangea/region/topology"
)

// discard is a client's side that costs nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// BenchmarkProxy is one request through the router, without the client's side.
// BenchmarkRegion is its round trip alone: the difference is the price of the rest.
func BenchmarkProxy(b *testing.B) {
	region := answering(b)
	top := &topology.Topology{Regions: []topology.Region{{Name: "us", HTTP: region}}}
	r, err := New(Config{Region: "us"}, top, prometheus.NewRegistry())
	if err != nil {
		b.Fatal(err)
	}
	defer r.world.close()
	r.watchers[0].check(b.Context())
	defer r.watchers[0].client.CloseIdleConnections()
	defer reportCPU(b)()
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		req := incoming("http://" + region)
		for pb.Next() {
			req.Body = http.NoBody
			r.ServeHTTP(&discard{http.Header{}}, req)
		}
	})
}

func BenchmarkRegion(b *testing.B) {
	region := answering(b)
	req := incoming("http://" + region)
	u := newUpstream(region, 0)
	defer u.closeIdle(0)
	defer reportCPU(b)()
	b.ReportAllocs()
	for b.Loop() {
		c, err := u.take(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		c.head = append(c.head[:0], "GET /counter/a HTTP/1.1\r\nHost: h\r\n\r\n"...)
		resp, err := c.roundTrip(req, nil)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		u.give(c, true)
	}
}

// reportCPU measures what the whole process spends until the returned function is
// called: the region is in it, the kernel's part too.
func reportCPU(b *testing.B) func() {
	before := cpuTime(b)
	return func() {
		b.ReportMetric(float64((cpuTime(b)-before).Nanoseconds())/1e3/float64(b.N), "cpu-µs/op")
	}
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// answering is a region that costs little: it answers whatever it reads.
func answering(b *testing.B) (addr string) {
	const answer = "HTTP/1.1 200 OK\r\nX-Served-By: us\r\nX-Version-Vector: ap=1234567,eu=2345678,us=3456789\r\n" +
		"Content-Type: application/json\r\nDate: Sun, 01 Mar 2026 00:00:00 GMT\r\nContent-Length: 73\r\n\r\n" +
		`{"key":"a","value":1,"version_vector":"ap=1234567,eu=2345678,us=3456789"}`
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				request := make([]byte, 4096)
				for {
					if _, err := conn.Read(request); err != nil {
						return
					}
					_, _ = io.WriteString(conn, answer)
				}
			}()
		}
	}()
	return ln.Addr().String()
}

func incoming(url string) *http.Request {
	req := httptest.NewRequest(http.MethodGet, url+"/counter/a", strings.NewReader(""))
	req.RequestURI = "/counter/a"
	req.ContentLength = 0
	req.Header.Set("User-Agent", "bench")
	req.Header.Set("Accept", "*/*")
	return req
}
