package chaos_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"pangea/chaos"
	"pangea/chaos/links"
)

func TestWorld_PartitionIsInjectedAndHealed(t *testing.T) {
	cases := []struct {
		words        []string
		mode, broken string
		health       links.Health
		cut          []string
	}{
		{words("us", "eu"), "refuse", "us and eu cannot reach each other (4 links refused)", links.Refused, words("eu>us", "us>eu")},
		{words("us>eu"), "refuse", "us's data does not reach eu (2 links refused)", links.Refused, words("us>eu")},
		{words(`us\>eu`), "blackhole", "us's data does not reach eu (2 links blackholed)", links.Blackholed, words("us>eu")},
		{words(`'us>eu'`), "refuse", "us's data does not reach eu (2 links refused)", links.Refused, words("us>eu")},
		{
			words("eu"), "refuse", "eu and all others cannot reach each other (8 links refused)", links.Refused,
			words("ap>eu", "eu>ap", "eu>us", "us>eu"),
		},
	}
	w := world(t)
	for _, c := range cases {
		fault, err := w.Partition(c.words, c.mode)
		if err != nil {
			t.Fatal(err)
		}
		cure := "heal us eu"
		if c.words[0] == "eu" {
			cure = "heal eu"
		}
		if fault.Broken != c.broken || fault.Cure != cure {
			t.Errorf("it says %q, cured by %q; want %q, cured by %q", fault.Broken, fault.Cure, c.broken, cure)
		}
		if err := fault.Inject(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := inHealth(t, w, c.health); !slices.Equal(got, c.cut) {
			t.Errorf("%s: %v are %s, want %v", fault.Name, got, c.health, c.cut)
		}
		if err := fault.Heal(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := inHealth(t, w, links.Healthy); len(got) != 6 {
			t.Errorf("healed %s: only %v are healthy", fault.Name, got)
		}
	}
}

// inHealth lists the directions of data in which both links are in that health.
func inHealth(t *testing.T, w *chaos.World, h links.Health) []string {
	t.Helper()
	var directions []string
	for _, l := range w.Status(t.Context()).Links {
		if l.NATS.Health == h && l.HTTP.Health == h {
			directions = append(directions, l.From+">"+l.To)
		}
	}
	slices.Sort(directions)
	return directions
}

func TestWorld_LatencyIsInjectedAndHealed(t *testing.T) {
	w := world(t)
	fault, err := w.Latency(words("us", "eu", "300ms"), "20ms")
	if err != nil {
		t.Fatal(err)
	}
	if err := fault.Inject(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Count(w.Status(t.Context()).String(), "300ms ± 20ms"), 2; got != want {
		t.Errorf("%d links have the latency, want %d", got, want)
	}
	if err := fault.Heal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Count(w.Status(t.Context()).String(), "80ms ± 10ms"), 2; got != want {
		t.Errorf("%d links have the latency of the topology, want %d", got, want)
	}
}

func TestWorld_KillAndStart(t *testing.T) {
	w := world(t)
	fault, err := w.Kill(words("eu"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := fault.Heal(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := w.Status(t.Context()).Regions[1]; r.Err != nil || !r.Ready {
			t.Errorf("after the start eu is %+v, want it ready", r)
		}
		if err := fault.Inject(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := w.Status(t.Context()).Regions[1]; r.Err == nil {
			t.Errorf("after the kill eu is %+v, want it dead", r)
		}
	}
}

func TestWorld_DestroyAndStart(t *testing.T) {
	w := world(t)
	fault, err := w.Destroy(words("eu"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := fault.Heal(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := w.Status(t.Context()).Regions[1]; r.Err != nil || r.NoData {
			t.Errorf("after the start eu is %+v, want it alive", r)
		}
		if err := fault.Inject(t.Context()); err != nil {
			t.Fatal(err)
		}
		s := w.Status(t.Context())
		if r := s.Regions[1]; r.Err == nil || !r.NoData {
			t.Errorf("after the loss eu is %+v, want it dead and without data", r)
		}
		if picture, want := s.String(), "no data: destroyed"; !strings.Contains(picture, want) {
			t.Errorf("the picture does not say %q:\n%s", want, picture)
		}
	}
}

func TestWorld_StartOfARegionStartsItsPostgres(t *testing.T) {
	w := world(t)
	region, err := w.Kill(words("eu"))
	if err != nil {
		t.Fatal(err)
	}
	database, err := w.Kill(words("postgres-eu"))
	if err != nil {
		t.Fatal(err)
	}
	if err := region.Heal(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, kill := range []chaos.Fault{region, database} {
		if err := kill.Inject(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if r := w.Status(t.Context()).Regions[1]; r.Err == nil || r.NoData {
		t.Errorf("after the kills eu is %+v, want it dead, with its data", r)
	}
	if err := region.Heal(t.Context()); err != nil {
		t.Errorf("start of the region after both died: %v", err)
	}
}

// told closes ready at the first word of progress.
type told struct {
	strings.Builder
	ready chan struct{}
	once  sync.Once
}

func (w *told) Write(p []byte) (int, error) {
	defer w.once.Do(func() { close(w.ready) })
	return w.Builder.Write(p)
}

func TestWorld_StartTellsWhatItWaitsFor(t *testing.T) {
	w, progress := world(t), &told{ready: make(chan struct{})}
	w.Progress = progress
	w.Processes.(*parts).ready = progress.ready
	fault, err := w.Kill(words("eu"))
	if err != nil {
		t.Fatal(err)
	}
	if err := fault.Heal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := progress.String(), "waiting for region-eu: 3 entries of us are missing"; !strings.Contains(got, want) {
		t.Errorf("progress is %q, want it to say %q", got, want)
	}
}

func TestStatus_ShowsLagAndWhatIsDead(t *testing.T) {
	w := world(t)
	for name, vector := range map[string]string{"us": "eu=5,us=9", "eu": "eu=7,us=4"} {
		w.Processes.(*parts).vector = vector
		region, err := w.Kill(words(name))
		if err != nil {
			t.Fatal(err)
		}
		if err := region.Heal(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Processes.Start(t.Context(), "postgres-ap"); err != nil { // dead, with data
		t.Fatal(err)
	}
	fault, err := w.Partition(words("us>eu"), "refuse")
	if err != nil {
		t.Fatal(err)
	}
	if err := fault.Inject(t.Context()); err != nil {
		t.Fatal(err)
	}
	picture := w.Status(t.Context()).String()
	t.Log("\n" + picture)
	for _, want := range []string{"2 of eu", "5 of us", "connection refused", "✂ refused", "us ──▶ eu", "150ms ± 10ms"} {
		if !strings.Contains(picture, want) {
			t.Errorf("the picture does not say %q", want)
		}
	}
	dead := *w.Topology
	dead.Links.API = "127.0.0.1:1"
	w.Network = links.Open(&dead)
	picture = w.Status(t.Context()).String()
	t.Log("\n" + picture)
	if want := "toxiproxy is not answering on 127.0.0.1:1"; !strings.Contains(picture, want) || !strings.Contains(picture, "eu=7,us=4") {
		t.Errorf("the picture does not say %q and the vectors", want)
	}
}

func TestWorld_MisuseSaysWhatIsPossible(t *testing.T) {
	w := world(t)
	fault := func(_ chaos.Fault, err error) error { return err }
	cases := []struct {
		name, want string
		err        error
	}{
		{"no region", "two of us, eu, ap, or one way as 'us>eu'", fault(w.Partition(nil, "refuse"))},
		{"no pair", `"mars" is no pair of regions: write two of us, eu, ap`, fault(w.Partition(words("mars"), "refuse"))},
		{"unknown region", `unknown region "mars": the regions are us, eu, ap`, fault(w.Partition(words("us>mars"), "refuse"))},
		{"the same region", "us has no link to itself: name two of us, eu, ap", fault(w.Partition(words("us", "us"), "refuse"))},
		{"three regions", "name one pair", fault(w.Partition(words("us", "eu", "ap"), "refuse"))},
		{"unknown mode", `unknown mode "melt": the modes are refuse and blackhole`, fault(w.Partition(words("us", "eu"), "melt"))},
		{"no round trip", "such as us eu 300ms, or reset", fault(w.Latency(words("us", "eu"), ""))},
		{"bad round trip", `"fast" is no round trip`, fault(w.Latency(words("us", "eu", "fast"), ""))},
		{"negative round trip", `"-1ms" is no round trip`, fault(w.Latency(words("us", "eu", "-1ms"), ""))},
		{"bad jitter", `"1h" is no jitter`, fault(w.Latency(words("us", "eu", "1s"), "1h"))},
		{"no part", "the parts are us, eu, ap and postgres-us,", fault(w.Kill(nil))},
		{"destroyed part", `"router-eu" is not one region: the regions are us, eu, ap`, fault(w.Destroy(words("router-eu")))},
		{"destroyed nothing", `"" is not one region`, fault(w.Destroy(nil))},
		{"no rate", "such as us eu 512KB/s, or reset", fault(w.Bandwidth(words("eu")))},
		{"bad rate", `"512KB" is no rate: write 512KB/s`, fault(w.Bandwidth(words("us", "eu", "512KB")))},
		{"rate of nothing", `"0KB/s" is no rate`, fault(w.Bandwidth(words("us>eu", "0KB/s")))},
		{"rate of no pair", `unknown region "mars"`, fault(w.Bandwidth(words("us>mars", "1MB/s")))},
		{"no skew", "such as us -200ms", fault(w.Skew(words("eu")))},
		{"bad skew", `"late" is no time`, fault(w.Skew(words("eu", "late")))},
		{"skew of a part", "name one of us, eu, ap", fault(w.Skew(words("router-eu", "1s")))},
		{"paused nothing", `"" is not one part of the stack`, fault(w.Pause(nil))},
		{"unknown part", `"postgres" is not one part of the stack`, fault(w.Kill(words("postgres")))},
	}
	for _, c := range cases {
		if misuse := (*chaos.Misuse)(nil); !errors.As(c.err, &misuse) || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%s: got %v, want a misuse that says %q", c.name, c.err, c.want)
		}
	}
}
