package links_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pangea/chaos/links"
	"pangea/region/topology"
)

func TestNetwork_LatencyIsOnEveryLink(t *testing.T) {
	_, topo := serve(t)
	for _, l := range topo.AllLinks() {
		if got, want := mustPing(t, topo, l.Dialer, l.Target, l.Protocol).round(), topo.Distance(l.Dialer, l.Target); got < want {
			t.Errorf("%s: round trip %v, want at least %v", l.Name(), got, want)
		}
	}
}

func TestNetwork_LatencyIsHalvedOverTheDirections(t *testing.T) {
	n, topo := serve(t)
	const rtt = 2 * time.Second // far more than a busy machine adds
	if err := n.Latency(t.Context(), "us", "eu", rtt, 0); err != nil {
		t.Fatal(err)
	}
	got := mustPing(t, topo, "us", "eu", topology.HTTP)
	if got.there < rtt/2 || got.there >= rtt || got.back < rtt/2 || got.back >= rtt {
		t.Errorf("%v there and %v back, want %v each", got.there, got.back, rtt/2)
	}
}

func TestNetwork_LatencyChangesUnderOpenConnections(t *testing.T) {
	n, topo := serve(t)
	conn, err := dial(t, topo, "us", "eu", topology.NATS)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []time.Duration{301 * time.Millisecond, 0} {
		if err := n.Latency(t.Context(), "us", "eu", want, 0); err != nil {
			t.Fatal(err)
		}
		got, err := ping(conn, 10*time.Second)
		if err != nil || got.round() < want {
			t.Errorf("round trip %v (%v), want at least %v", got.round(), err, want)
		}
		if got := find(t, n, "us_eu_nats").RTT; got != want {
			t.Errorf("status says round trip %v, want %v", got, want)
		}
	}
	if err := n.ResetLatency(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := find(t, n, "us_eu_nats").RTT, 80*time.Millisecond; got != want {
		t.Errorf("after the reset: round trip %v, want %v", got, want)
	}
}

func TestNetwork_RefuseClosesAndRefuses(t *testing.T) {
	n, topo := serve(t)
	conn, err := dial(t, topo, "us", "eu", topology.NATS)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ping(conn, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if err := n.Partition(t.Context(), "us", "eu", links.BothWays, links.Refuse); err != nil {
		t.Fatal(err)
	}
	if _, err := ping(conn, 10*time.Second); err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the open connection: got %v, want it closed", err)
	}
	if _, err := dial(t, topo, "us", "eu", topology.NATS); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a new connection: got %v, want it refused", err)
	}
	mustPing(t, topo, "us", "ap", topology.NATS)
	if err := n.Heal(t.Context(), "eu", "us"); err != nil {
		t.Fatal(err)
	}
	if got, want := mustPing(t, topo, "us", "eu", topology.NATS).round(), 80*time.Millisecond; got < want {
		t.Errorf("after the heal: round trip %v, want at least %v", got, want)
	}
}

func TestNetwork_BlackholeSwallowsUntilHealed(t *testing.T) {
	n, topo := serve(t)
	conn, err := dial(t, topo, "us", "eu", topology.HTTP)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ping(conn, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if err := n.Partition(t.Context(), "us", "eu", links.BothWays, links.Blackhole); err != nil {
		t.Fatal(err)
	}
	if _, err := ping(conn, 500*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the open connection: got %v, want silence", err)
	}
	fresh, err := dial(t, topo, "us", "eu", topology.HTTP)
	if err != nil {
		t.Fatalf("a new connection: got %v, want it accepted", err)
	}
	if _, err := ping(fresh, 500*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a new connection: got %v, want silence", err)
	}
	if err := n.HealAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := ping(conn, 10*time.Second); err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the healed connection, which lost bytes: got %v, want it closed", err)
	}
	if got, want := mustPing(t, topo, "us", "eu", topology.HTTP).round(), 80*time.Millisecond; got < want {
		t.Errorf("after the heal: round trip %v, want at least %v", got, want)
	}
}

func TestNetwork_PartitionCutsOnlyTheStatedLinks(t *testing.T) {
	n, _ := serve(t)
	cases := []struct {
		name      string
		direction links.Direction
		mode      links.Mode
		health    links.Health
		want      []string
	}{
		{"both ways", links.BothWays, links.Refuse, links.Refused, []string{"eu_us_http", "eu_us_nats", "us_eu_http", "us_eu_nats"}},
		{"us>eu stops what eu reads us by", links.OneWay, links.Refuse, links.Refused, []string{"eu_us_http", "eu_us_nats"}},
		{"us>eu swallowed", links.OneWay, links.Blackhole, links.Blackholed, []string{"eu_us_http", "eu_us_nats"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for range 2 { // a repeat changes nothing
				if err := n.Partition(t.Context(), "us", "eu", c.direction, c.mode); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(c.want, inHealth(t, n, c.health)); diff != "" {
				t.Errorf("links that are %s (-want +got):\n%s", c.health, diff)
			}
			if err := n.HealAll(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got, want := len(inHealth(t, n, links.Healthy)), 12; got != want {
				t.Errorf("after the heal %d links are healthy, want %d", got, want)
			}
		})
	}
}

func TestNetwork_CutChangesMode(t *testing.T) {
	n, _ := serve(t)
	for _, c := range []struct {
		mode links.Mode
		want links.Health
	}{{links.Refuse, links.Refused}, {links.Blackhole, links.Blackholed}, {links.Refuse, links.Refused}} {
		if err := n.Partition(t.Context(), "us", "eu", links.BothWays, c.mode); err != nil {
			t.Fatal(err)
		}
		if got := find(t, n, "us_eu_http").Health; got != c.want {
			t.Errorf("after %s: %s, want %s", c.mode, got, c.want)
		}
	}
	if err := n.Heal(t.Context(), "us", "eu"); err != nil {
		t.Fatal(err)
	}
	if got := find(t, n, "us_eu_http").Health; got != links.Healthy {
		t.Errorf("after the heal: %s, want %s", got, links.Healthy)
	}
}

// A limit one way concerns what the one sends, whoever dialed, and open connections too.
func TestNetwork_LimitSlowsWhatOneSends(t *testing.T) {
	const rate, answers = 4, 500 // KB/s; of 8 bytes each: a second's worth
	n, topo := serve(t)
	conn, err := dial(t, topo, "eu", "us", topology.NATS)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ping(conn, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := n.Limit(t.Context(), "us", "eu", links.OneWay, rate); err != nil {
			t.Fatal(err)
		}
	}
	if took, least := flood(t, conn, answers), 900*time.Millisecond; took < least {
		t.Errorf("%d bytes at %d KB/s took %v, want at least %v", 8*answers, rate, took, least)
	}
	for name, want := range map[string][2]int64{"eu_us_nats": {0, rate}, "eu_us_http": {0, rate}, "us_eu_nats": {rate, 0}, "us_ap_nats": {0, 0}} {
		if s := find(t, n, name); s.Up != want[0] || s.Down != want[1] {
			t.Errorf("%s carries at most %d up and %d down, want %v", name, s.Up, s.Down, want)
		}
	}
	if err := n.Restore(t.Context(), "eu", "us"); err != nil {
		t.Fatal(err)
	}
	if s := find(t, n, "eu_us_nats"); s.Up != 0 || s.Down != 0 {
		t.Errorf("restored, it carries at most %d up and %d down", s.Up, s.Down)
	}
}

func TestNetwork_RestoreLeavesNothing(t *testing.T) {
	n, _ := serve(t)
	before := status(t, n)
	for range 2 { // a repeat finds them as it left them
		err := errors.Join(
			n.Partition(t.Context(), "us", "eu", links.BothWays, links.Refuse),
			n.Partition(t.Context(), "us", "ap", links.BothWays, links.Blackhole),
			n.Latency(t.Context(), "us", "eu", time.Second, 20*time.Millisecond),
			n.Limit(t.Context(), "us", "ap", links.BothWays, 100))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, status(t, n)); diff == "" {
			t.Fatal("nothing was broken")
		}
		if err := errors.Join(n.Restore(t.Context(), "us", "eu"), n.Restore(t.Context(), "ap", "us")); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, status(t, n)); diff != "" {
			t.Errorf("restored links differ (-before +after):\n%s", diff)
		}
	}
	if err := errors.Join(n.Limit(t.Context(), "us", "ap", links.OneWay, 100), n.RestoreAll(t.Context())); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, status(t, n)); diff != "" {
		t.Errorf("all restored, links differ (-before +after):\n%s", diff)
	}
}

func TestNetwork_LayKeepsCutsAndLatencies(t *testing.T) {
	n, _ := serve(t)
	if err := n.Partition(t.Context(), "us", "eu", links.BothWays, links.Refuse); err != nil {
		t.Fatal(err)
	}
	if err := n.Partition(t.Context(), "us", "ap", links.OneWay, links.Blackhole); err != nil {
		t.Fatal(err)
	}
	if err := n.Latency(t.Context(), "eu", "ap", time.Second, 20*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	before := status(t, n)
	if err := n.Lay(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, status(t, n)); diff != "" {
		t.Errorf("laying again changed links (-before +after):\n%s", diff)
	}
}

// Under -race this is what shows that an in-process cluster may cut links while it works.
func TestNetwork_FaultsUnderTraffic(t *testing.T) {
	n, topo := serve(t)
	ctx, stop := context.WithCancel(t.Context())
	var traffic sync.WaitGroup
	for _, l := range topo.AllLinks() {
		traffic.Go(func() {
			for ctx.Err() == nil {
				if conn, err := dial(t, topo, l.Dialer, l.Target, l.Protocol); err == nil {
					for err == nil && ctx.Err() == nil {
						_, err = ping(conn, time.Second)
					}
					conn.Close()
				}
			}
		})
	}
	var faults sync.WaitGroup
	for _, pair := range [][2]string{{"us", "eu"}, {"us", "ap"}, {"eu", "ap"}} {
		faults.Go(func() {
			for _, mode := range []links.Mode{links.Refuse, links.Blackhole, links.Refuse} {
				err := errors.Join(
					n.Partition(ctx, pair[0], pair[1], links.OneWay, mode),
					n.Latency(ctx, pair[0], pair[1], 10*time.Millisecond, 2*time.Millisecond),
					n.Heal(ctx, pair[0], pair[1]))
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	faults.Wait()
	stop()
	traffic.Wait()
	if got, want := len(inHealth(t, n, links.Healthy)), 12; got != want {
		t.Errorf("in the end %d links are healthy, want %d", got, want)
	}
}

func TestNetwork_SaysWhatIsWrong(t *testing.T) {
	n, topo := serve(t)
	dead := *topo
	dead.Links.API = "127.0.0.1:1"
	cases := []struct {
		name, want string
		err        error
	}{
		{"unknown region", `unknown region "mars": topology.yaml has [us eu ap]`, n.Heal(t.Context(), "us", "mars")},
		{"no pair", "us has no link to itself: name two of [us eu ap]", n.Heal(t.Context(), "us", "us")},
		{"unknown mode", "use refuse or blackhole", n.Partition(t.Context(), "us", "eu", links.BothWays, "melt")},
		{"impossible jitter", "jitter <= round trip", n.Latency(t.Context(), "us", "eu", time.Second, time.Minute)},
		{"impossible limit", "a limit of -1 KB/s", n.Limit(t.Context(), "us", "eu", links.OneWay, -1)},
		{"no toxiproxy", "toxiproxy is not answering on 127.0.0.1:1: run `go tool task up`", links.Open(&dead).Lay(t.Context())},
	}
	for _, c := range cases {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, c.err, c.want)
		}
	}
}

func status(t *testing.T, n *links.Network) []links.LinkState {
	t.Helper()
	states, err := n.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return states
}

func find(t *testing.T, n *links.Network, name string) links.LinkState {
	t.Helper()
	states := status(t, n)
	return states[slices.IndexFunc(states, func(s links.LinkState) bool { return s.Name() == name })]
}

func inHealth(t *testing.T, n *links.Network, h links.Health) []string {
	t.Helper()
	var names []string
	for _, s := range status(t, n) {
		if s.Health == h {
			names = append(names, s.Name())
		}
	}
	return names
}
