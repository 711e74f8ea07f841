package api_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"pangea/region/bench"
)

// stages are the requests of the hot path, as they are on the wire.
func stages() map[string]string {
	lines := strings.Builder{}
	for i := range 1000 {
		fmt.Fprintf(&lines, `{"op":"profile.put","key":"user:%d","value":%s}`+"\n", i, benchValue)
	}
	return map[string]string{
		"counter.incr": wire("POST /counter/user:123/incr", `{"by":3}`),
		"profile.put":  wire("PUT /profile/user:123", benchValue),
		"tags.add":     wire("POST /tags/user:123/add", `{"tag":"go"}`),
		"prefs.patch":  wire("PATCH /prefs/user:123", `{"theme":`+benchValue+`}`),
		"profile.get":  wire("GET /profile/user:123", ""),
		"batch-1000":   wire("POST /batch", lines.String()),
	}
}

const benchValue = `{"name":"Ada Lovelace","mail":"ada@example.org"}`

func wire(line, body string) string {
	head := line + " HTTP/1.1\r\nHost: 127.0.0.1:8101\r\n"
	if body != "" {
		head += fmt.Sprintf("Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	return head + "\r\n" + body
}

func eachStage(b *testing.B, run func(b *testing.B, request string)) {
	all := stages()
	for _, name := range []string{"counter.incr", "profile.put", "tags.add", "prefs.patch", "profile.get", "batch-1000"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			run(b, all[name])
		})
	}
}

// BenchmarkAPI is one request through the handler, without a connection: decode, check,
// encode. Its region answers at once.
func BenchmarkAPI(b *testing.B) {
	eachStage(b, func(b *testing.B, request string) {
		a := newInstantAPI(b)
		var req fasthttp.RequestCtx
		req.Init2(nil, nil, false)
		if err := req.Request.Read(bufio.NewReader(strings.NewReader(request))); err != nil {
			b.Fatal(err)
		}
		text := bytes.Clone(req.Request.Body())
		body := bytes.NewReader(text)
		for b.Loop() {
			body.Reset(text)
			req.Request.SetBodyStream(body, len(text))
			req.Response.Reset()
			a.Answer(&req)
			if err := req.Response.BodyWriteTo(io.Discard); err != nil {
				b.Fatal(err)
			}
		}
		if req.Response.StatusCode() != http.StatusOK {
			b.Fatalf("got %d", req.Response.StatusCode())
		}
	})
}

// BenchmarkServer is the same through the server, over loopback, with 32 connections. The
// client's part is in it: BenchmarkServer_Floor is that, with the kernel's.
func BenchmarkServer(b *testing.B) {
	eachStage(b, func(b *testing.B, request string) {
		roundTrips(b, strings.TrimPrefix(listen(b, newInstantAPI(b)), "http://"), request)
	})
}

// BenchmarkServer_Floor answers without reading what it is asked.
func BenchmarkServer_Floor(b *testing.B) {
	b.ReportAllocs()
	roundTrips(b, canned(b), stages()["profile.put"])
}

// roundTrips asks again and again on each of 32 connections.
func roundTrips(b *testing.B, address, request string) {
	b.SetParallelism(16)
	m := bench.NewMeter(b, 0)
	b.RunParallel(func(pb *testing.PB) {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			b.Error(err)
			return
		}
		defer conn.Close()
		r := bufio.NewReader(conn)
		for pb.Next() {
			if err := roundTrip(conn, r, request); err != nil {
				b.Error(err)
				return
			}
		}
	})
	m.Report(1, "request")
}

func roundTrip(conn net.Conn, r *bufio.Reader, request string) error {
	if _, err := io.WriteString(conn, request); err != nil {
		return err
	}
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %s", resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// canned is a server with one answer to everything that comes.
func canned(b *testing.B) (address string) {
	const answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Served-By: us\r\n" +
		"X-Version-Vector: ap=1234567,eu=2345678,us=3456789\r\nDate: Sun, 01 Mar 2026 00:00:00 GMT\r\nContent-Length: 2\r\n\r\n{}"
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
					if _, err := io.WriteString(conn, answer); err != nil {
						return
					}
				}
			}()
		}
	}()
	return ln.Addr().String()
}
