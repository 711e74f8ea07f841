package contract

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Case is a few requests about one fresh key.
type Case struct {
	Name  string
	Steps []Step
}

// Step is one request and what must come of it. In Do, Body and Answer, {key} stands
// for the case's key.
type Step struct {
	Do     string // method and path
	Header map[string]string
	Body   string

	Status  int
	Problem string            // the name in the problem's type
	Answer  string            // JSON: members that the answer must have, among others
	Raw     string            // text that must be in the answer as it is
	Headers map[string]string // that the answer must have
}

// Cases is the whole table.
func Cases() []Case {
	return slices.Concat(valueCases(), handleCases(), keyCases(), bodyCases(), routeCases(), headerCases(), onceCases(), batchCases(), accountCases())
}

// Run runs every case against the region at base, such as http://127.0.0.1:8101. It
// uses keys that no earlier run did.
func Run(t *testing.T, base string) {
	run := strconv.FormatInt(time.Now().UnixNano(), 36)
	for i, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			key := "contract-" + run + "-" + strconv.Itoa(i)
			for _, s := range c.Steps {
				s.run(t, base, strings.NewReplacer("{key}", key))
			}
		})
	}
}

func (s Step) run(t *testing.T, base string, fill *strings.Replacer) {
	t.Helper()
	method, path, _ := strings.Cut(fill.Replace(s.Do), " ")
	req, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(fill.Replace(s.Body)))
	if err != nil {
		t.Fatalf("%s: %v", s.Do, err)
	}
	for name, value := range s.Header {
		req.Header.Set(name, fill.Replace(value))
	}
	resp, err := http.DefaultTransport.RoundTrip(req) // which follows no redirect
	if err != nil {
		t.Fatalf("%s: %v", s.Do, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s: %v", s.Do, err)
	}
	if resp.StatusCode != s.Status {
		t.Fatalf("%s: got %d, want %d: %.300s", s.Do, resp.StatusCode, s.Status, body)
	}
	s.checkHeaders(t, resp)
	s.checkBody(t, resp, body, fill)
}

func (s Step) checkHeaders(t *testing.T, resp *http.Response) {
	t.Helper()
	if resp.Header.Get("X-Served-By") == "" {
		t.Errorf("%s: no X-Served-By", s.Do)
	}
	if resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") == "" {
		t.Errorf("%s: 503 without Retry-After", s.Do)
	}
	for name, want := range s.Headers {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: got %s %q, want %q", s.Do, name, got, want)
		}
	}
}

func (s Step) checkBody(t *testing.T, resp *http.Response, body []byte, fill *strings.Replacer) {
	t.Helper()
	if s.Raw != "" && !bytes.Contains(body, []byte(fill.Replace(s.Raw))) {
		t.Errorf("%s: got %.300s, want %q in it", s.Do, body, s.Raw)
	}
	if resp.StatusCode >= 400 && resp.Request.Method != http.MethodHead {
		s.checkProblem(t, resp, decode(t, body))
	}
	if s.Answer == "" {
		return
	}
	got, want := decode(t, body), decode(t, []byte(fill.Replace(s.Answer)))
	for name, value := range want {
		if !reflect.DeepEqual(got[name], value) {
			t.Errorf("%s: got %s %v, want %v", s.Do, name, got[name], value)
		}
	}
	vector := resp.Header.Get("X-Version-Vector")
	if got["version_vector"] != vector || vector == "" && resp.StatusCode < 300 {
		t.Errorf("%s: got version_vector %v in the body, %q in the header", s.Do, got["version_vector"], vector)
	}
}

func (s Step) checkProblem(t *testing.T, resp *http.Response, got map[string]any) {
	t.Helper()
	if ct := resp.Header.Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("%s: got Content-Type %q of a problem", s.Do, ct)
	}
	if got["type"] != "/problems/"+s.Problem {
		t.Errorf("%s: got problem %v, want %q", s.Do, got["type"], s.Problem)
	}
	if got["status"] != json.Number(strconv.Itoa(resp.StatusCode)) || got["title"] == "" {
		t.Errorf("%s: got status %v and title %v", s.Do, got["status"], got["title"])
	}
	detail, _ := got["detail"].(string)
	if !strings.HasSuffix(detail, ".") {
		t.Errorf("%s: got detail %q, want a sentence", s.Do, detail)
	}
}

func decode(t *testing.T, body []byte) map[string]any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var object map[string]any
	if err := d.Decode(&object); err != nil {
		t.Fatalf("decode %.300s: %v", body, err)
	}
	return object
}
