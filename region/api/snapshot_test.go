package api_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"pangea/region"
	"pangea/region/api"
	"pangea/region/api/contract"
	"pangea/region/snapshot"
)

const forEU = "GET /snapshot?for=eu"

// A third donation is refused while two are under way, and no later.
func TestSnapshot_TwoAtOnce(t *testing.T) {
	m := contract.NewMemory("us")
	begun, finish := make(chan string), make(chan struct{})
	base := listen(t, assemble(t, m, api.Config{}, func(ctx context.Context, peer string, w io.Writer) error {
		begun <- peer
		<-finish
		return m.Snapshot(ctx, peer, w)
	}))
	ended := make(chan error)
	for range 2 {
		go func() {
			_, body, err := try(t.Context(), base, forEU, "")
			if err == nil {
				_, err = snapshot.NewReader(strings.NewReader(body))
			}
			ended <- err
		}()
		if peer := <-begun; peer != "eu" {
			t.Errorf("for %s, want eu", peer)
		}
	}
	resp, body := ask(t, base, forEU, "")
	want(t, resp, body, 503, "busy")
	if resp.Header.Get("Retry-After") == "" {
		t.Error("503 without Retry-After")
	}
	close(finish)
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	go func() { <-begun }()
	if resp, body = ask(t, base, forEU, ""); resp.StatusCode != 200 {
		t.Errorf("afterwards: got %d %s", resp.StatusCode, body)
	}
}

func TestSnapshot_RefusedBeforeTheFirstByte(t *testing.T) {
	m := contract.NewMemory("us")
	m.Suffer(contract.Trouble{ReadError: region.ErrUnavailable})
	resp, body := ask(t, serve(t, m), forEU, "")
	want(t, resp, body, 503, "unavailable")
}

// A region that is not ready gives its snapshot: another may wait for nothing else.
func TestSnapshot_NotReady(t *testing.T) {
	m := contract.NewMemory("us")
	m.Suffer(contract.Trouble{NotReady: "it needs a snapshot itself"})
	resp, body := ask(t, serve(t, m), forEU, "")
	want(t, resp, body, 200, "")
}

// After the first byte an error breaks the connection: what came looks like no answer.
func TestSnapshot_BreaksHalfWay(t *testing.T) {
	m := contract.NewMemory("us")
	base := listen(t, assemble(t, m, api.Config{}, func(_ context.Context, _ string, w io.Writer) error {
		if _, err := w.Write([]byte("half of it")); err != nil {
			return err
		}
		return errors.New("the database went away")
	}))
	resp, body, err := try(t.Context(), base, forEU, "")
	if !errors.Is(err, io.ErrUnexpectedEOF) || resp.StatusCode != 200 || body != "half of it" {
		t.Errorf("got %q, %v, want half of it and a broken connection", body, err)
	}
	_, metrics := ask(t, base, "GET /metrics", "")
	for _, line := range []string{`pangea_snapshots_total{result="broken"} 1`, "pangea_snapshot_bytes_total 10", "pangea_snapshots_in_flight 0"} {
		if !strings.Contains(metrics, line) {
			t.Errorf("no %q in the metrics", line)
		}
	}
}

// A snapshot may take longer than the server lets a request or an answer take.
func TestSnapshot_OutlastsTheServersLimits(t *testing.T) {
	m := contract.NewMemory("us")
	const chunks = 10
	base := listen(t, assemble(t, m, hurried(), func(ctx context.Context, _ string, w io.Writer) error {
		for range chunks {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(50 * time.Millisecond):
			}
			if _, err := w.Write([]byte("chunk")); err != nil {
				return err
			}
		}
		return nil
	}))
	if _, body, err := try(t.Context(), base, forEU, ""); err != nil || len(body) != chunks*len("chunk") {
		t.Errorf("got %d bytes, %v, want %d", len(body), err, chunks*len("chunk"))
	}
}

// A peer that takes nothing more does not hold the donation, and its transaction, open.
func TestSnapshot_PeerStandsStill(t *testing.T) {
	m := contract.NewMemory("us")
	failed := make(chan error, 1)
	base := listen(t, assemble(t, m, api.Config{ChunkTimeout: 200 * time.Millisecond}, func(_ context.Context, _ string, w io.Writer) error {
		chunk := bytes.Repeat([]byte{1}, 64<<10)
		for {
			if _, err := w.Write(chunk); err != nil {
				failed <- err
				return err
			}
		}
	}))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/snapshot?for=eu", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() // and nothing is read
	select {
	case <-failed:
	case <-time.After(10 * time.Second):
		t.Error("it still sends")
	}
}
