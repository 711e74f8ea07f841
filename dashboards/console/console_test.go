package console_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/dashboards/console"
	"pangea/region/regiontest"
)

func TestMain(m *testing.M) { regiontest.Main(m) }

// serve runs a console of a real world, watched over HTTP.
func serve(t *testing.T, w *regiontest.World) string {
	t.Helper()
	c, err := console.New(console.Config{
		Title: "router us", Interval: 100 * time.Millisecond, Window: 2 * time.Second, DigestInterval: 200 * time.Millisecond,
		Links: wires(w.Links),
	}, w.Topology)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(c)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel() // ends the streams, without which Close would wait
		if err := <-done; err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return server.URL
}

func wires(n *links.Network) func(context.Context) ([]console.Wire, error) {
	return func(ctx context.Context) ([]console.Wire, error) {
		states, err := n.Status(ctx)
		var all []console.Wire
		for _, s := range states {
			if s.Protocol == "nats" {
				all = append(all, console.Wire{From: s.Target, To: s.Dialer, RTT: s.RTT, Jitter: s.Jitter, State: string(s.Health)})
			}
		}
		return all, err
	}
}

// watcher is one page.
type watcher struct {
	t      *testing.T
	lines  *bufio.Scanner
	body   interface{ Close() error }
	events []console.Event // of all snapshots so far
	lost   []console.Conflict
}

func watch(t *testing.T, url string, header ...string) *watcher {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/console/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if got, want := resp.Header.Get("Content-Type"), "text/event-stream"; got != want {
		t.Fatalf("the stream is %q, want %q", got, want)
	}
	w := &watcher{t: t, lines: bufio.NewScanner(resp.Body), body: resp.Body}
	w.lines.Buffer(nil, 1<<20)
	return w
}

// next is the data of the next event of that name.
func (w *watcher) next(name string) string {
	w.t.Helper()
	for named := false; w.lines.Scan(); {
		line := w.lines.Text()
		if line == "event: "+name {
			named = true
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok && named {
			return data
		}
	}
	w.t.Fatalf("the stream ended before an event %q: %v", name, w.lines.Err())
	return ""
}

func (w *watcher) snapshot() console.Snapshot {
	w.t.Helper()
	var s console.Snapshot
	if err := json.Unmarshal([]byte(w.next("snapshot")), &s); err != nil {
		w.t.Fatal(err)
	}
	w.events, w.lost = append(w.events, s.Events...), append(w.lost, s.Conflicts...)
	return s
}

// until reads snapshots until one is as wanted.
func (w *watcher) until(what string, wanted func(console.Snapshot) bool) console.Snapshot {
	w.t.Helper()
	var s console.Snapshot
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if s = w.snapshot(); wanted(s) {
			return s
		}
	}
	text, _ := json.MarshalIndent(s, "", " ")
	w.t.Fatalf("never: %s; the last snapshot: %s", what, text)
	return s
}

// told reports whether an event of that kind, with that text in it, was seen.
func (w *watcher) told(kind, text string) bool {
	for _, e := range w.events {
		if e.Kind == kind && strings.Contains(e.Text, text) {
			return true
		}
	}
	return false
}

// toldBoth is of what happens to both directions of a link, one after the other: a look
// that comes in between tells of each.
func (w *watcher) toldBoth(kind, together, there, back string) bool {
	return w.told(kind, together) || w.told(kind, there) && w.told(kind, back)
}

func link(s console.Snapshot, from, to string) console.Link {
	for _, l := range s.Links {
		if l.From == from && l.To == to {
			return l
		}
	}
	return console.Link{}
}

// TestConsole_ShowsACutAndItsHeal: both sides of a cut stay visible, what one lacks is
// counted while it lasts, and what the heal makes of it is told.
func TestConsole_ShowsACutAndItsHeal(t *testing.T) {
	w := regiontest.New(t, regiontest.Options{})
	page := watch(t, serve(t, w))
	page.until("all regions agree", func(s console.Snapshot) bool { return s.Agreement.Verdict == console.Equal && link(s, "us", "eu").Up })

	w.Cut(t, "us", "eu", links.BothWays, links.Refuse)
	for range 5 {
		w.OK(t, "us", "POST", "/batch", strings.Repeat(`{"op":"counter.incr","key":"a"}`+"\n", 10))
	}
	w.OK(t, "us", "PUT", "/profile/p", `"from us"`)
	w.OK(t, "eu", "PUT", "/profile/p", `"from eu"`)
	page.until("the cut, and what it holds up", func(s console.Snapshot) bool {
		l := link(s, "us", "eu")
		return l.State == string(links.Refused) && l.Entries >= 2 && l.Writes == 51 && *l.Seconds > 1 &&
			link(s, "eu", "us").Writes == 1 && link(s, "us", "ap").State == console.Healthy
	})
	page.until("vectors differ", func(s console.Snapshot) bool { return s.Agreement.Verdict == console.Behind })
	if !page.toldBoth(console.Cut, "us and eu cannot reach each other (refused)", "us's data does not reach eu (refused)", "eu's data does not reach us (refused)") {
		t.Errorf("the cut is not told: %+v", page.events)
	}

	w.Heal(t, "us", "eu")
	page.until("all agree again", func(s console.Snapshot) bool {
		return s.Agreement.Verdict == console.Equal && link(s, "us", "eu").Entries == 0 && *link(s, "us", "eu").Seconds == 0
	})
	if !page.toldBoth(console.Healed, "us and eu reach each other", "us's data reaches eu", "eu's data reaches us") || !page.told(console.Agreed, "") {
		t.Errorf("the heal is not told: %+v", page.events)
	}
	if len(page.lost) != 1 || page.lost[0].Key != "p" || page.lost[0].Lost.Value == page.lost[0].Won.Value {
		t.Errorf("lost writes: %+v, want one of p with both values", page.lost)
	}
}

// TestConsole_GoesOnWithoutARegion: what is silent is said to be, and the rest is shown.
func TestConsole_GoesOnWithoutARegion(t *testing.T) {
	w := regiontest.New(t, regiontest.Options{})
	page := watch(t, serve(t, w))
	page.until("three regions serve", func(s console.Snapshot) bool {
		return s.Regions[0].Ready && s.Regions[1].Ready && s.Regions[2].Ready
	})
	w.Stop(t, "eu")
	w.OK(t, "us", "POST", "/counter/a/incr", "")
	page.until("eu is silent, and lacks what us has written", func(s console.Snapshot) bool {
		l := link(s, "us", "eu")
		return strings.Contains(s.Regions[1].Error, "refused") && s.Regions[0].Ready && l.Seconds == nil && l.Entries == 1
	})
	page.until("the other two are compared", func(s console.Snapshot) bool {
		return s.Agreement.Verdict == console.Partly && len(s.Agreement.Digests) == 2
	})
	w.Start(t, "eu")
	page.until("eu serves and lacks nothing", func(s console.Snapshot) bool {
		return s.Regions[1].Ready && link(s, "us", "eu").Entries == 0
	})
	if !page.told(console.Gone, "eu is silent") || !page.told(console.Back, "eu") {
		t.Errorf("eu's absence is not told: %+v", page.events)
	}
}

// TestConsole_MeasuresOverTheWindow: rates and quantiles are of what clients did of late.
func TestConsole_MeasuresOverTheWindow(t *testing.T) {
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us", "eu"}})
	page := watch(t, serve(t, w))
	page.until("nothing is measured while nobody writes", func(s console.Snapshot) bool {
		return s.Regions[0].Ready && s.Regions[0].Writes.P50 == nil && is(s.Regions[0].Writes.Rate, 0)
	})
	for range 20 {
		w.OK(t, "us", "POST", "/counter/a/incr", "")
		w.OK(t, "us", "GET", "/counter/a", "")
	}
	page.until("reads and writes of us", func(s console.Snapshot) bool {
		us, eu := s.Regions[0], s.Regions[1]
		return us.Writes.Rate != nil && *us.Writes.Rate > 0 && *us.Reads.Rate > 0 && us.Writes.P50 != nil && us.Reads.P99 != nil &&
			*us.Writes.P50 > 0 && *us.Writes.P50 <= *us.Writes.P99 && *us.Writes.P99 < 5 && is(eu.Writes.Rate, 0)
	})
	page.until("nothing any more", func(s console.Snapshot) bool {
		return is(s.Regions[0].Writes.Rate, 0) && s.Regions[0].Writes.P99 == nil
	})
}

func is(known *float64, want float64) bool { return known != nil && *known == want }

// TestConsole_TellsALostWriteOnce: a region that restarts counts from zero again, and has
// lost nothing new.
func TestConsole_TellsALostWriteOnce(t *testing.T) {
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us", "eu"}})
	page := watch(t, serve(t, w))
	w.Cut(t, "us", "eu", links.BothWays, links.Refuse)
	w.OK(t, "us", "PUT", "/profile/p", `"from us"`)
	w.OK(t, "eu", "PUT", "/profile/p", `"`+strings.Repeat("ü", 1000)+`"`)
	w.Heal(t, "us", "eu")
	page.until("a write is lost", func(console.Snapshot) bool { return len(page.lost) > 0 })
	if sizes := len(page.lost[0].Lost.Value) + len(page.lost[0].Won.Value); sizes > 300 {
		t.Errorf("the values have %d bytes, want the beginning of the long one", sizes)
	}
	loser := page.lost[0].Region
	serves := func(s console.Snapshot) bool { return s.Regions[0].Ready && s.Regions[1].Ready }
	w.Stop(t, loser)
	page.until("it is silent", func(s console.Snapshot) bool { return !serves(s) })
	w.Start(t, loser)
	page.until("it serves", func(s console.Snapshot) bool {
		return serves(s) && s.Regions[0].Conflicts != nil && s.Regions[1].Conflicts != nil
	})
	if len(page.lost) != 1 {
		t.Errorf("lost writes: %+v, want one", page.lost)
	}
}

// TestConsole_SendsWhatAWatcherMissed: the stream goes on where a browser left it.
func TestConsole_SendsWhatAWatcherMissed(t *testing.T) {
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us", "eu"}})
	url := serve(t, w)
	first := watch(t, url)
	var world console.World
	if err := json.Unmarshal([]byte(first.next("world")), &world); err != nil {
		t.Fatal(err)
	}
	if world.Title != "router us" || len(world.Regions) != 2 || len(world.Pairs) != 1 || world.Faults {
		t.Errorf("the world is %+v, want us and eu, their pair, and no faults", world)
	}
	a, b := first.snapshot(), first.snapshot()
	late := watch(t, url)
	if got := late.snapshot(); !got.At.Equal(a.At) {
		t.Errorf("who comes later begins at %v, want %v", got.At, a.At)
	}
	back := watch(t, url, "Last-Event-ID", milliseconds(a.At))
	if got := back.snapshot(); !got.At.Equal(b.At) {
		t.Errorf("who comes back goes on at %v, want %v", got.At, b.At)
	}
}

func milliseconds(at time.Time) string {
	text, _ := json.Marshal(at.UnixMilli())
	return string(text)
}

// TestNew_FaultsNeedALoopbackListener: nobody else may break the stack.
func TestNew_FaultsNeedALoopbackListener(t *testing.T) {
	top := aWorld()
	for address, ok := range map[string]bool{"127.0.0.1": true, "::1": true, "0.0.0.0": false, "::": false, "192.0.2.1": false} {
		_, err := console.New(console.Config{Chaos: "chaos", Listener: &net.TCPAddr{IP: net.ParseIP(address)}}, top)
		if (err == nil) != ok {
			t.Errorf("on %s: %v, want an error: %t", address, err, !ok)
		}
	}
	if _, err := console.New(console.Config{Chaos: "chaos"}, top); err == nil {
		t.Error("without an address: got no error")
	}
}
