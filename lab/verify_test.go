package lab_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pangea/lab"
	"pangea/lab/stack/stacktest"
)

// answers is what a region says: its vector, asked for the n-th time, and the
// digest of every key by class.
type answers struct {
	vector func(n int) string
	state  map[string]map[string]string
}

func always(vector string) func(int) string { return func(int) string { return vector } }

// serve answers /status and /digest as a region does, over keys that the test chose.
func (a answers) serve(t *testing.T) string {
	asked := 0
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) {
		asked++
		_ = json.NewEncoder(w).Encode(map[string]any{"version_vector": a.vector(asked)})
	})
	mux.HandleFunc("GET /digest", func(w http.ResponseWriter, r *http.Request) {
		asked++
		classes := map[string]any{}
		for class, keys := range a.state {
			classes[class] = classDigest(keys, r.FormValue("class") == class, r.FormValue("bucket"))
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"version_vector": a.vector(asked), "classes": classes})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func classDigest(keys map[string]string, detailed bool, bucket string) map[string]any {
	var total uint32
	buckets := make([]uint32, 256)
	inBucket := map[string]string{}
	for key, sum := range keys {
		b, x := crc32.ChecksumIEEE([]byte(key))%256, crc32.ChecksumIEEE([]byte(key+sum))
		total ^= x
		buckets[b] ^= x
		if bucket == strconv.Itoa(int(b)) {
			inBucket[key] = sum
		}
	}
	d := map[string]any{"rows": len(keys), "digest": fmt.Sprintf("%08x", total)}
	if detailed && bucket == "" {
		hex := make([]string, 256)
		for i, b := range buckets {
			hex[i] = fmt.Sprintf("%08x", b)
		}
		d["buckets"] = hex
	}
	if detailed && bucket != "" {
		d["keys"] = inBucket
	}
	return d
}

func numbered(n int, sum string) map[string]string {
	keys := map[string]string{}
	for i := range n {
		keys["key:"+strconv.Itoa(i)] = sum
	}
	return keys
}

// verify runs Verify over us, eu and ap.
func verify(t *testing.T, timeout time.Duration, us, eu, ap answers) (lab.Report, string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	var out strings.Builder
	report, err := lab.Verify(ctx, map[string]string{"us": us.serve(t), "eu": eu.serve(t), "ap": ap.serve(t)}, &out)
	return report, out.String(), err
}

func wantAll(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("got:\n%s\nwant it to say %q", text, part)
		}
	}
}

// The worlds' Postgres ends with this process. Toxiproxy leaves goroutines blocked
// where a connection ends with data in flight.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.Cleanup(func(code int) { stacktest.Close(); os.Exit(code) }),
		goleak.IgnoreAnyFunction("os/exec.(*Cmd).Wait"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).read"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
}

func TestVerify_EqualStateIsATable(t *testing.T) {
	same := answers{always("ap=1,eu=2,us=3"), map[string]map[string]string{"counter": numbered(40, "aa"), "profile": {"p": "bb"}}}
	report, out, err := verify(t, time.Minute, same, same, same)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(report.Classes), 2; got != want {
		t.Errorf("%d classes, want %d", got, want)
	}
	wantAll(t, out, "counter", "all", "40", "vector  ap=1,eu=2,us=3")
}

func TestVerify_NamesClassAndKey(t *testing.T) {
	good := answers{always("us=3"), map[string]map[string]string{"counter": numbered(1000, "aa"), "tags": {"t": "aa"}, "prefs": {"x": "aa"}}}
	bad := answers{always("eu=0,us=3"), map[string]map[string]string{"counter": numbered(1000, "aa"), "tags": {}, "prefs": {"x": "aa"}}}
	bad.state["counter"]["key:17"] = "ff"
	report, out, err := verify(t, time.Minute, good, bad, good)
	if !errors.Is(err, lab.ErrDiverged) {
		t.Fatalf("got %v, want %v", err, lab.ErrDiverged)
	}
	if got, want := len(report.Differences), 2; got != want {
		t.Errorf("%d differences, want %d: %v", got, want, report.Differences)
	}
	wantAll(t, err.Error(), "2 keys differ in counter, tags")
	wantAll(t, out, `counter "key:17" differs: ap=aa eu=ff us=aa`, `tags "t" differs: ap=aa eu=absent us=aa`)
}

func TestVerify_ListsTwentyAndCounts(t *testing.T) {
	good := answers{always("us=3"), map[string]map[string]string{"counter": numbered(57, "aa")}}
	bad := answers{always("us=3"), map[string]map[string]string{"counter": numbered(57, "ff")}}
	report, out, err := verify(t, time.Minute, good, good, bad)
	if !errors.Is(err, lab.ErrDiverged) || len(report.Differences) != 57 {
		t.Errorf("got %v with %d differences, want %v with 57", err, len(report.Differences), lab.ErrDiverged)
	}
	if got, want := strings.Count(out, "differs:"), 20; got != want {
		t.Errorf("%d differences are listed, want %d", got, want)
	}
	wantAll(t, out, "and 37 more")
}

func TestVerify_WaitsForEqualVectors(t *testing.T) {
	done := answers{always("us=3"), nil}
	late := answers{func(n int) string { return "us=" + strconv.Itoa(min(n, 3)) }, nil}
	if report, _, err := verify(t, time.Minute, done, late, done); err != nil || report.Vector != "us=3" {
		t.Errorf("got %q, %v, want us=3 after a while", report.Vector, err)
	}
}

func TestVerify_SaysWhoIsBehindAndWhoWrites(t *testing.T) {
	stuck := answers{always("eu=7,us=3"), nil}
	writing := answers{func(n int) string { return "eu=9,us=" + strconv.Itoa(100*n) }, nil}
	_, _, err := verify(t, time.Second, writing, stuck, writing)
	if err == nil || errors.Is(err, lab.ErrDiverged) {
		t.Fatalf("got %v, want no equal vectors", err)
	}
	wantAll(t, err.Error(), "eu lacks entries: 2 of eu, ", " of us; ", "writers are still active in us: stop them")

	quiet := answers{always("eu=9,us=5"), nil}
	_, _, err = verify(t, time.Second, quiet, stuck, quiet)
	wantAll(t, err.Error(), "eu lacks entries: 2 of eu, 2 of us", "nobody writes any more")
}

func TestVerify_NamesTheSilentRegion(t *testing.T) {
	same := answers{always("us=3"), nil}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := lab.Verify(ctx, map[string]string{"us": same.serve(t), "eu": "http://127.0.0.1:1"}, t.Output())
	if err == nil {
		t.Fatal("got no error for a region that does not answer")
	}
	wantAll(t, err.Error(), "eu does not answer (dial tcp 127.0.0.1:1: connect: connection refused)")
}

func TestVerify_RefusesToCompareWhatMoves(t *testing.T) {
	settled := answers{always("us=3"), map[string]map[string]string{"counter": numbered(3, "aa")}}
	afterwards := func(n int) string { // its first status and digest agree with the others, the next does not
		if n <= 2 {
			return "us=3"
		}
		return "us=4"
	}
	moving := answers{afterwards, map[string]map[string]string{"counter": numbered(3, "ff")}}
	_, _, err := verify(t, time.Minute, settled, moving, settled)
	if err == nil || errors.Is(err, lab.ErrDiverged) {
		t.Fatalf("got %v, want a refusal", err)
	}
	wantAll(t, err.Error(), "eu moved from us=3 to us=4", "stop the writers")
}
