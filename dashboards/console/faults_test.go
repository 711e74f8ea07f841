package console_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pangea/dashboards/console"
	"pangea/region/topology"
)

func aWorld() *topology.Topology {
	return &topology.Topology{
		Regions: []topology.Region{{Name: "us"}, {Name: "eu"}},
		RTT:     map[string]time.Duration{"us-eu": 80 * time.Millisecond},
	}
}

// breakable is a console whose chaos is a program that records what it is asked to do. It
// says what the real one would: one line, and 2 for what cannot be meant.
func breakable(t *testing.T) (c *console.Console, asked func() string) {
	t.Helper()
	dir := t.TempDir()
	program, record := filepath.Join(dir, "chaos"), filepath.Join(dir, "asked")
	script := "#!/bin/sh\necho \"$@\" >> " + record + "\n" +
		"case \"$*\" in *mars*) echo 'chaos: unknown region \"mars\"' >&2; exit 2;; *dead*) echo 'chaos: toxiproxy is dead' >&2; exit 1;; *slow*) exec sleep 60;; esac\n" +
		"echo '  1s  waiting'\necho done\n"
	if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	c, err := console.New(console.Config{
		Chaos: program, Root: "/a/stack", Listener: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}, FaultTimeout: 5 * time.Second,
	}, aWorld())
	if err != nil {
		t.Fatal(err)
	}
	return c, func() string {
		text, _ := os.ReadFile(record) // absent while nothing was asked
		return string(text)
	}
}

func press(c http.Handler, host, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/console/faults", strings.NewReader(body))
	r.Host = host
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	return w
}

const cut = `{"verb":"partition","words":["us","eu"]}`

func TestFaults_AreDoneByChaos(t *testing.T) {
	c, asked := breakable(t)
	w := press(c, "localhost:8081", cut, "Origin", "http://localhost:8081", "Sec-Fetch-Site", "same-origin")
	if got, want := strings.TrimSpace(w.Body.String()), `{"said":"done"}`; w.Code != http.StatusOK || got != want {
		t.Errorf("got %d %s, want 200 %s", w.Code, got, want)
	}
	if got, want := asked(), "-root /a/stack partition -- us eu\n"; got != want {
		t.Errorf("chaos was asked %q, want %q", got, want)
	}
}

// TestFaults_AreRefused: by whoever is not this machine's own page or program, and
// whatever is not one of the five verbs and plain words. Chaos is never asked.
func TestFaults_AreRefused(t *testing.T) {
	cases := []struct {
		name, host, body string
		header           []string
		status           int
		problem          string
	}{
		{"another site's page", "localhost:8081", cut, []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403, "cross-origin"},
		{"another port's page", "localhost:8081", cut, []string{"Origin", "http://localhost:9999", "Sec-Fetch-Site", "same-site"}, 403, "cross-origin"},
		{"an old browser's foreign page", "localhost:8081", cut, []string{"Origin", "https://evil.example"}, 403, "cross-origin"},
		{"a name made to resolve here", "evil.example:8081", cut, []string{"Origin", "http://evil.example:8081", "Sec-Fetch-Site", "same-origin"}, 403, "foreign-host"},
		{"a name that begins like ours", "localhost.evil.example", cut, nil, 403, "foreign-host"},
		{"this machine's other address", "192.0.2.7:8081", cut, nil, 403, "foreign-host"},
		{"no host", "", cut, nil, 403, "foreign-host"},
		{"a verb that deletes", "localhost", `{"verb":"destroy","words":["eu"]}`, nil, 422, "impossible"},
		{"a flag", "localhost", `{"verb":"kill","words":["-root=/","eu"]}`, nil, 422, "impossible"},
		{"too many words", "localhost", `{"verb":"kill","words":["us","eu","ap","us"]}`, nil, 422, "impossible"},
		{"no JSON", "localhost", `us eu`, nil, 400, "malformed"},
		{"too much", "localhost", `{"verb":"` + strings.Repeat("x", 2<<10) + `"}`, nil, 400, "malformed"},
	}
	c, asked := breakable(t)
	for _, tc := range cases {
		w := press(c, tc.host, tc.body, tc.header...)
		if w.Code != tc.status || !strings.Contains(w.Body.String(), "/problems/"+tc.problem) {
			t.Errorf("%s: got %d %s, want %d %s", tc.name, w.Code, w.Body, tc.status, tc.problem)
		}
	}
	if got := asked(); got != "" {
		t.Errorf("chaos was asked %q, want nothing", got)
	}
}

func TestFaults_SayWhatChaosSays(t *testing.T) {
	c, _ := breakable(t)
	for word, want := range map[string]struct {
		status int
		said   string
	}{
		"mars": {422, `unknown region \"mars\"`},
		"dead": {502, "toxiproxy is dead"},
		"slow": {504, "kill slow was not done within 5s and was stopped"},
	} {
		w := press(c, "127.0.0.1:8081", `{"verb":"kill","words":["`+word+`"]}`)
		if w.Code != want.status || !strings.Contains(w.Body.String(), want.said) {
			t.Errorf("%s: got %d %s, want %d with %s", word, w.Code, w.Body, want.status, want.said)
		}
	}
}

func TestFaults_NameAProgramThatIsMissing(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "chaos")
	c, err := console.New(console.Config{Chaos: missing, Listener: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}}, aWorld())
	if err != nil {
		t.Fatal(err)
	}
	w := press(c, "localhost:8081", cut)
	if w.Code != http.StatusBadGateway || !strings.Contains(w.Body.String(), missing+" does not run") {
		t.Errorf("got %d %s, want 502 that names %s", w.Code, w.Body, missing)
	}
}

// TestFaults_AreNotThereUnlessAskedFor: a router without the flag has no such route.
func TestFaults_AreNotThereUnlessAskedFor(t *testing.T) {
	c, err := console.New(console.Config{Listener: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}}, aWorld())
	if err != nil {
		t.Fatal(err)
	}
	if w := press(c, "localhost:8081", cut); w.Code != http.StatusNotFound {
		t.Errorf("got %d %s, want 404", w.Code, w.Body)
	}
}

// TestPage_LoadsNothingFromElsewhere: every route carries the policy, and answers.
func TestPage_LoadsNothingFromElsewhere(t *testing.T) {
	c, _ := breakable(t)
	for path, want := range map[string]struct {
		status      int
		contentType string
	}{
		"/console":                 {200, "text/html"},
		"/console/page/console.js": {200, "text/javascript"},
		"/console/page/":           {404, ""},
		"/console/page/nothing.js": {404, ""},
		"/console/nothing":         {404, "application/problem+json"},
		"/console/faults":          {405, "application/problem+json"},
	} {
		w := httptest.NewRecorder()
		c.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != want.status || !strings.HasPrefix(w.Header().Get("Content-Type"), want.contentType) {
			t.Errorf("GET %s: %d %s, want %d %s", path, w.Code, w.Header().Get("Content-Type"), want.status, want.contentType)
		}
		if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
			t.Errorf("GET %s: the policy is %q, want it to allow this router only", path, policy)
		}
	}
}
