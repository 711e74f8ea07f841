package meter_test

import (
	"context"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pangea/gen/client"
	"pangea/lab/meter"
	"pangea/lab/stack"
	"pangea/lab/stack/stacktest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		stacktest.Close()
		os.Exit(code)
	}))
}

// TestMeter_TellsWhatARunCost writes to one region, and asks for each figure that must
// follow from it.
func TestMeter_TellsWhatARunCost(t *testing.T) {
	s := start(t)
	m, err := meter.New(meter.Config{Every: 200 * time.Millisecond, Probe: 50 * time.Millisecond, Database: s.Database}, s.Topology(), s)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()
	begun := time.Now()
	until(t, func() bool { return seen(m.Report(begun, time.Now())) })
	const writes = 200
	write(t, s, writes)
	if _, err := meter.Drain(t.Context(), s.Topology()); err != nil {
		t.Fatal(err)
	}
	var r *meter.Report
	until(t, func() bool {
		r = m.Report(begun, time.Now())
		return r.Logs[0].Events >= writes && r.Logs[0].Entries > 0
	})
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	checkProcesses(t, r, s.PartNames())
	checkLogs(t, r)
	checkLinks(t, r)
}

func start(t *testing.T) *stack.Stack {
	t.Helper()
	s, err := stack.Open(stacktest.BuiltRoot(t, "us", "eu"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Clean(context.Background(), func(string, string) {}); err != nil {
			t.Error(err)
		}
	})
	if _, err := s.Up(t.Context(), func(string, string) {}); err != nil {
		t.Fatal(err)
	}
	return s
}

// seen reports whether there is a first sample, and a probe of each kind on each link.
func seen(r *meter.Report) bool {
	return r.Took > 0 && !slices.ContainsFunc(r.Links, func(l meter.Link) bool {
		return l.Message.Count == 0 || l.Visible.Count == 0
	})
}

func write(t *testing.T, s *stack.Stack, n int) {
	t.Helper()
	c, err := client.New("http://"+s.Topology().Regions[0].HTTP, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range n {
		answer, err := c.Do(client.Request{Method: http.MethodPost, Path: "/counter/metered/incr"}, nil)
		if err != nil || answer.Status != http.StatusOK {
			t.Fatalf("write: %+v, %v", answer, err)
		}
	}
}

func checkProcesses(t *testing.T, r *meter.Report, want []string) {
	t.Helper()
	var names []string
	for _, p := range r.Processes {
		names = append(names, p.Name)
		if p.CPU < 0 || p.CPU > time.Minute || p.Peak < 1<<20 || p.Peak > 1<<31 {
			t.Errorf("%s took %v and %d bytes", p.Name, p.CPU, p.Peak)
		}
	}
	if !slices.Equal(names, want) {
		t.Errorf("processes are %v, want %v", names, want)
	}
}

func checkLogs(t *testing.T, r *meter.Report) {
	t.Helper()
	for _, l := range r.Logs {
		if l.Events == 0 || l.Entries == 0 || l.Stream == 0 || l.WAL == 0 {
			t.Errorf("the log of %s did not grow: %+v", l.Region, l)
		}
	}
}

// checkLinks knows the distance: 10 ms one way, with a jitter of 1 ms.
func checkLinks(t *testing.T, r *meter.Report) {
	t.Helper()
	if len(r.Links) != 2 {
		t.Fatalf("got %d links, want 2", len(r.Links))
	}
	for _, l := range r.Links {
		if l.Delay != 10*time.Millisecond || l.Message.P50 < 8*time.Millisecond || l.Message.P50 > 5*time.Second {
			t.Errorf("%s to %s: a message took %v, one way is %v", l.Origin, l.Region, l.Message.P50, l.Delay)
		}
		if l.Visible.P50 < 5*time.Millisecond || l.Visible.Lost > 0 || l.Applied.Count == 0 {
			t.Errorf("%s to %s: visible %+v, applied %+v", l.Origin, l.Region, l.Visible, l.Applied)
		}
		if len(l.LagSeconds) < 2 || len(l.LagWrites) != len(l.LagSeconds) {
			t.Errorf("%s to %s: %d samples of the lag", l.Origin, l.Region, len(l.LagSeconds))
		}
	}
}

func until(t *testing.T, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("not within a minute")
		}
	}
}
