package api_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"pangea/region"
	"pangea/region/api"
	"pangea/region/api/contract"
)

// hoarder keeps every write, and every key that is read, for as long as it lives.
type hoarder struct {
	*contract.Memory
	mu     sync.Mutex
	writes []region.Write
	reads  []string
}

func (h *hoarder) Do(ctx context.Context, w region.Write) (region.Result, error) {
	results, errs := h.DoAll(ctx, []region.Write{w})
	return results[0], errs[0]
}

func (h *hoarder) DoAll(ctx context.Context, ws []region.Write) ([]region.Result, []error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.writes = append(h.writes, ws...)
	return h.Memory.DoAll(ctx, ws)
}

func (h *hoarder) Profile(ctx context.Context, key string) (string, bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reads = append(h.reads, key)
	return h.Memory.Profile(ctx, key)
}

// The server reads the next request of a connection into the memory of the last one. What
// was made of a request must not change with it.
func TestAPI_NothingIsSharedWithTheNextRequest(t *testing.T) {
	h := &hoarder{Memory: contract.NewMemory("us")}
	base := listen(t, build(t, h.Memory, api.Config{}, func(p *api.Parts) { p.Writer, p.Reader = h, h }))
	const clients, requests = 8, 40
	var sent sync.WaitGroup
	for client := range clients {
		sent.Go(func() {
			conn := connect(t, base)
			for i := range requests {
				key := name(client, i)
				for _, request := range about(key) {
					if _, err := conn.Write([]byte(request)); err != nil {
						t.Error(err)
						return
					}
					if resp, body := conn.answer(t, ""); resp.StatusCode != 200 || !strings.Contains(body, key) {
						t.Errorf("%.40q: got %s %s, want the key in it", request, resp.Status, body)
					}
				}
			}
		})
	}
	sent.Wait()
	known := map[string]bool{}
	for client := range clients {
		for i := range requests {
			known[name(client, i)] = true
		}
	}
	for _, w := range h.writes {
		if !known[w.Key] {
			t.Fatalf("the key of %+v was never sent", w)
		}
		about := w.Once.Key + w.Value + w.Member
		for _, f := range w.Fields {
			about += f.Name + f.Value
		}
		if rest := strings.Trim(strings.ReplaceAll(about, w.Key, ""), `/"0123456789`); rest != "" {
			t.Fatalf("%+v is about another key too: %q", w, rest)
		}
	}
	for _, key := range h.reads {
		if !known[key] {
			t.Fatalf("%q was read, which was never sent", key)
		}
	}
	if len(h.writes) != 4*clients*requests || len(h.reads) != clients*requests {
		t.Errorf("got %d writes and %d reads", len(h.writes), len(h.reads))
	}
}

// name is one of a kind, of letters only, and of a length of its own.
func name(client, i int) string {
	return strings.Repeat(string(rune('a'+client)), 1+i*7%41) + strings.Map(func(r rune) rune { return r - '0' + 'k' }, fmt.Sprint(i)) + "z"
}

// about are requests of every kind that say key wherever they can.
func about(key string) (requests []string) {
	for i, r := range []struct{ line, body string }{
		{"PUT /profile/" + key, `"` + key + `"`},
		{"POST /tags/" + key + "/add", `{"tag":"` + key + `"}`},
		{"PATCH /prefs/" + key, `{"` + key + `":"` + key + `"}`},
		{"GET /profile/" + key, ""},
		{"POST /batch", `{"op":"profile.put","key":"` + key + `","value":"` + key + `","id":"` + key + `"}`},
	} {
		requests = append(requests, fmt.Sprintf("%s HTTP/1.1\r\nHost: a\r\nIdempotency-Key: %s%d\r\nContent-Length: %d\r\n\r\n%s", r.line, key, i, len(r.body), r.body))
	}
	return requests
}
