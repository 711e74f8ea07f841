package router

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"pangea/region/topology"
)

// discard is a client's side that costs nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// BenchmarkProxy is one request through the router, without the client's side.
// BenchmarkRegion is the same without the router: the difference is its price.
func BenchmarkProxy(b *testing.B) {
	region := answering()
	defer region.Close()
	top := &topology.Topology{Regions: []topology.Region{{Name: "us", HTTP: region.Listener.Addr().String()}}}
	r, err := New(Config{Region: "us"}, top, prometheus.NewRegistry())
	if err != nil {
		b.Fatal(err)
	}
	defer r.world.close()
	r.watchers[0].check(b.Context())
	defer r.watchers[0].client.CloseIdleConnections()
	req := incoming(region.URL)
	b.ReportAllocs()
	for b.Loop() {
		req.Body = http.NoBody
		r.ServeHTTP(&discard{http.Header{}}, req)
	}
}

func BenchmarkRegion(b *testing.B) {
	region := answering()
	defer region.Close()
	req := incoming(region.URL)
	req.RequestURI = ""
	transport := newTransport(0)
	defer transport.CloseIdleConnections()
	b.ReportAllocs()
	for b.Loop() {
		resp, err := transport.RoundTrip(req)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
}

func answering() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Served-By", "us")
		w.Header().Set("X-Version-Vector", "ap=1234567,eu=2345678,us=3456789")
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"key":"a","value":1,"version_vector":"ap=1234567,eu=2345678,us=3456789"}`)
	}))
}

func incoming(url string) *http.Request {
	req := httptest.NewRequest(http.MethodGet, url+"/counter/a", strings.NewReader(""))
	req.RequestURI = "/counter/a"
	req.ContentLength = 0
	req.Header.Set("User-Agent", "bench")
	req.Header.Set("Accept", "*/*")
	return req
}
