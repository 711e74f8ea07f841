package stack_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pangea/lab/stack"
)

// TestUpBringsBackWhatDied kills one part of each kind by SIGKILL. Up must start
// those and only those, and an acknowledged write must still be there (I1). Start brings
// back the one that it is asked for.
func TestUpBringsBackWhatDied(t *testing.T) {
	s := openStack(t, newBuiltRoot(t))
	up(t, s, s.PartNames())
	up(t, s, nil)

	counter := "http://" + s.Topology().Regions[1].Router + "/counter/kept"
	ask(t, http.MethodPost, counter+"/incr")
	dead := []string{"postgres-eu", "toxiproxy", "region-us", "router-us"}
	for _, name := range dead {
		if err := s.Kill(name); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(t, s, stack.StateDied); !slices.Equal(got, dead) {
		t.Fatalf("after the kills, died are %v, want %v", got, dead)
	}
	up(t, s, dead)
	if got := ask(t, http.MethodGet, counter); !strings.Contains(got, `"value":1`) {
		t.Fatalf("after the kills: %s, want the value 1", got)
	}
	allReady(t, s)
	startBringsBackOne(t, s)
	pausedGoesOn(t, s)
}

// pausedGoesOn pauses a part of each kind, backends of Postgres too. Start lets one go on,
// Up the others, and a Down ends one in order.
func pausedGoesOn(t *testing.T, s *stack.Stack) {
	t.Helper()
	paused := words("postgres-us region-eu router-us")
	for _, name := range paused {
		if err := s.Pause(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(t, s, stack.StatePaused); !slices.Equal(got, paused) {
		t.Fatalf("paused are %v, want %v", got, paused)
	}
	if err := s.Start(t.Context(), "region-eu"); err != nil {
		t.Fatal(err)
	}
	up(t, s, nil)
	allReady(t, s)
	if err := s.Pause(t.Context(), "region-us"); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if err := s.Down(t.Context(), silent); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took > 15*time.Second {
		t.Errorf("down took %v: what was paused did not hear it", took)
	}
	if err := s.Pause(t.Context(), "region-us"); err == nil || !strings.Contains(err.Error(), "region-us does not run") {
		t.Errorf("pause of what is down: %v", err)
	}
}

func startBringsBackOne(t *testing.T, s *stack.Stack) {
	t.Helper()
	if err := s.Kill("region-eu"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second finds it alive
		if err := s.Start(t.Context(), "region-eu"); err != nil {
			t.Fatal(err)
		}
	}
	allReady(t, s)
}

func allReady(t *testing.T, s *stack.Stack) {
	t.Helper()
	if got := names(t, s, stack.StateReady); !slices.Equal(got, s.PartNames()) {
		t.Fatalf("ready are %v, want all", got)
	}
}

// TestDestroyTakesTheData: nothing of the region is left on disk, and it gets back from
// its peer what that had stored, its own writes too (I14).
func TestDestroyTakesTheData(t *testing.T) {
	root := newBuiltRoot(t)
	s := openStack(t, root)
	up(t, s, s.PartNames())
	us, eu := s.Topology().Regions[0], s.Topology().Regions[1]
	ask(t, http.MethodPost, "http://"+us.HTTP+"/counter/kept/incr", "X-Ack", "peer")
	ask(t, http.MethodPost, "http://"+eu.HTTP+"/counter/kept/incr", "X-Ack", "peer")
	for range 2 {
		if err := s.Destroy(t.Context(), "eu"); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := names(t, s, stack.StateDied), words("postgres-eu region-eu"); !slices.Equal(got, want) {
		t.Fatalf("after the loss, died are %v, want %v", got, want)
	}
	for _, dir := range words("eu postgres/eu") {
		if _, err := os.Stat(filepath.Join(root, ".pangea", dir)); !os.IsNotExist(err) || s.HasData("eu") {
			t.Fatalf("after the loss, %s: %v, want it gone", dir, err)
		}
	}
	for _, part := range words("postgres-eu region-eu") {
		if err := s.Start(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
	if got := ask(t, http.MethodGet, "http://"+eu.HTTP+"/counter/kept"); !strings.Contains(got, `"value":2`) {
		t.Fatalf("after the start: %s, want the value 2", got)
	}
}

func words(s string) []string { return strings.Fields(s) }

// TestUpNamesWhoHoldsAPort: nothing is started, and the line says who is to blame.
func TestUpNamesWhoHoldsAPort(t *testing.T) {
	s := openStack(t, newRoot(t))
	address := s.Topology().Regions[1].Router
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()

	_, err = s.Up(t.Context(), silent)
	want := fmt.Sprintf("router-eu cannot start: %s is taken by pid %d", address, os.Getpid())
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Fatalf("got %v, want %q", err, want)
	}
	if got := names(t, s, stack.StateDown); !slices.Equal(got, s.PartNames()) {
		t.Fatalf("down are %v, want all", got)
	}
}

// TestUpReportsACrashAtOnce: one line with the part, its last words and its log,
// long before the deadline for becoming ready.
func TestUpReportsACrashAtOnce(t *testing.T) {
	root := newRoot(t)
	s := openStack(t, root)
	doomedProgram(t, root, "toxiproxy-server", "no more proxies")
	log, err := s.LogFile("toxiproxy")
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	_, err = s.Up(t.Context(), silent)
	want := "toxiproxy ended while it started: no more proxies (log: " + log + ")"
	if err == nil || err.Error() != want {
		t.Fatalf("got %v, want %q", err, want)
	}
	if took := time.Since(begun); took > 30*time.Second {
		t.Fatalf("it took %v to say so", took)
	}
}

func TestUpsDoNotRace(t *testing.T) {
	root := newBuiltRoot(t)
	a, b := openStack(t, root), openStack(t, root)
	type result struct {
		started []string
		err     error
	}
	results := make(chan result)
	for _, s := range []*stack.Stack{a, b} {
		go func() {
			started, err := s.Up(t.Context(), silent)
			results <- result{started, err}
		}()
	}
	x, y := <-results, <-results
	if x.err != nil || y.err != nil {
		t.Fatal(x.err, y.err)
	}
	if len(x.started)+len(y.started) != len(a.PartNames()) {
		t.Fatalf("one started %v and the other %v, want each part once", x.started, y.started)
	}
}

func TestUnknownPart(t *testing.T) {
	s := openStack(t, newRoot(t))
	want := `no part "region-mars": the parts are postgres-us, postgres-eu, toxiproxy, region-us, region-eu, router-us, router-eu`
	if err := s.Kill("region-mars"); err == nil || err.Error() != want {
		t.Fatalf("got %v, want %s", err, want)
	}
}

func up(t *testing.T, s *stack.Stack, want []string) {
	t.Helper()
	got, err := s.Up(t.Context(), func(part, note string) { t.Log(part, note) })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("up started (-want +got):\n%s", diff)
	}
}

// names lists the parts in that state.
func names(t *testing.T, s *stack.Stack, in stack.State) []string {
	t.Helper()
	all, err := s.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range all {
		if p.State == in {
			names = append(names, p.Name)
		} else {
			t.Logf("%s is %s: %s", p.Name, p.State, p.Reason)
		}
	}
	return names
}

// ask wants the answer 200. Headers come in pairs.
func ask(t *testing.T, method, url string, header ...string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s %v %s", method, url, resp.Status, err, body)
	}
	return string(body)
}
