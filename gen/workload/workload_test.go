package workload

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
)

func newWorkload(t *testing.T, change func(*Config)) *Workload {
	t.Helper()
	mix, err := ParseMix("counter=50,profile=20,tags=15,prefs=15,handle=5")
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Seed: 42, Keys: 10_000_000, Zipf: 1.1, Mix: mix, Reads: 10, Prefix: "g42-"}
	if change != nil {
		change(&cfg)
	}
	w, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func write(out io.Writer, op Op) {
	fmt.Fprintf(out, "%d %v %d %s %d %s %s %s\n",
		op.Index, op.Class, op.Kind, op.Key, op.By, op.Method, op.Path, op.Body)
}

// The digest is part of the format: tallies and reports name a run by its seed,
// so a change here, of ours or of math/rand/v2, must be a decision.
func TestWorkload_SameBytesForASeed(t *testing.T) {
	const want = "adffbb857b84fa6f22d20dd8ad1fa1fa52008e9518a9e3cabce15d8150e455af"
	w, digest := newWorkload(t, nil), sha256.New()
	for i := range uint64(10_000) {
		write(digest, w.At(i))
	}
	if got := hex.EncodeToString(digest.Sum(nil)); got != want {
		t.Errorf("the first 10,000 operations of seed 42: got digest %s, want %s", got, want)
	}
}

func TestWorkload_OperationDependsOnSeedAndIndexOnly(t *testing.T) {
	forward, backward := newWorkload(t, nil), newWorkload(t, nil)
	other := newWorkload(t, func(c *Config) { c.Seed = 43 })
	const n = 1000
	var got, want [n]string
	same := 0
	for i := range n {
		want[i] = text(forward, i)
		got[n-1-i] = text(backward, n-1-i)
		if text(other, i) == want[i] {
			same++
		}
	}
	if got != want {
		t.Error("operations depend on the order in which they are asked for")
	}
	if same > n/100 {
		t.Errorf("%d of %d operations of seed 43 equal those of seed 42", same, n)
	}
}

func text(w *Workload, i int) string {
	var b strings.Builder
	write(&b, w.At(uint64(i)))
	return b.String()
}

func TestWorkload_MixAndReads(t *testing.T) {
	w := newWorkload(t, nil)
	const n = 100_000
	var count [classes]float64
	reads := 0.0
	for i := range uint64(n) {
		op := w.At(i)
		count[op.Class]++
		if op.Kind == Read {
			reads++
		}
	}
	for class, share := range w.cfg.Mix {
		want := float64(share) / float64(w.cfg.Mix.total())
		if got := count[class] / n; math.Abs(got-want) > 0.01 {
			t.Errorf("%v: got a share of %.3f, want %.3f", Class(class), got, want)
		}
	}
	if got := reads / n; math.Abs(got-0.10) > 0.01 {
		t.Errorf("reads: got a share of %.3f, want 0.10", got)
	}
}

// The ranks drawn are compared with the exact distribution, P(k) = k^-s / H,
// by Pearson's chi-squared over the ten hottest keys and the decades behind.
func TestWorkload_ZipfShape(t *testing.T) {
	const samples, keys, exponent = 400_000, 10_000_000, 1.1
	w := newWorkload(t, nil)
	bounds := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100, 1000, 10_000, 100_000, 1_000_000, keys}
	expected := masses(bounds, exponent)
	observed := make([]float64, len(bounds))
	for i := range uint64(samples) {
		rank, err := strconv.Atoi(strings.TrimPrefix(w.At(i).Key, "g42-"))
		if err != nil || rank < 1 || rank > keys {
			t.Fatalf("operation %d: rank %d out of range (%v)", i, rank, err)
		}
		observed[bucket(bounds, rank)]++
	}
	if got := chiSquared(observed, expected, samples); got > 37.7 { // p = 0.001 at 15 degrees of freedom
		t.Errorf("chi-squared %.1f, want at most 37.7: got %v", got, observed)
	}
	if wrong := chiSquared(observed, masses(bounds, 1.12), samples); wrong < 37.7 {
		t.Errorf("chi-squared %.1f against exponent 1.12: the test cannot tell it from 1.1", wrong)
	}
}

func bucket(bounds []int, rank int) int {
	for b, upper := range bounds {
		if rank <= upper {
			return b
		}
	}
	return len(bounds)
}

// masses is the exact probability of each bucket. Beyond rank 10,000 the sum is
// taken as its midpoint integral, which differs by less than 1e-9 of it.
func masses(bounds []int, s float64) []float64 {
	mass, total, k := make([]float64, len(bounds)), 0.0, 1
	for b, upper := range bounds {
		for ; k <= min(upper, 10_000); k++ {
			mass[b] += math.Pow(float64(k), -s)
		}
		if k <= upper {
			mass[b] += (math.Pow(float64(k)-0.5, 1-s) - math.Pow(float64(upper)+0.5, 1-s)) / (s - 1)
			k = upper + 1
		}
		total += mass[b]
	}
	for b := range mass {
		mass[b] /= total
	}
	return mass
}

func chiSquared(observed, expected []float64, n float64) float64 {
	sum := 0.0
	for b, p := range expected {
		d := observed[b] - n*p
		sum += d * d / (n * p)
	}
	return sum
}

func TestParseMix_RefusesBadShares(t *testing.T) {
	for _, text := range []string{"", "counter", "counter=", "counter=-1", "counter=1.5", "counters=1", "counter=0", "counter=1,,tags=1"} {
		if mix, err := ParseMix(text); err == nil {
			t.Errorf("ParseMix(%q) = %v, want an error", text, mix)
		}
	}
}

func TestMix_TextReadsBack(t *testing.T) {
	want, err := ParseMix("tags=1, counter=50,handle=0")
	if err != nil {
		t.Fatal(err)
	}
	if want.String() != "counter=50,tags=1" {
		t.Errorf("got %q, want counter=50,tags=1", want)
	}
	var got Mix
	if err := got.UnmarshalText([]byte(want.String())); err != nil || got != want {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}

func TestClass_TextReadsBack(t *testing.T) {
	for _, want := range Classes() {
		var got Class
		if err := got.UnmarshalText([]byte(want.String())); err != nil || got != want {
			t.Errorf("got %v, %v; want %v", got, err, want)
		}
	}
	var none Class
	if err := none.UnmarshalText([]byte("moon")); err == nil || !strings.Contains(err.Error(), "counter, profile") {
		t.Errorf("got %v, want the classes named", err)
	}
}

func TestNew_RefusesBadConfig(t *testing.T) {
	good := newWorkload(t, nil).cfg
	for name, change := range map[string]func(*Config){
		"no keys":     func(c *Config) { c.Keys = 0 },
		"zipf 1":      func(c *Config) { c.Zipf = 1 },
		"zipf NaN":    func(c *Config) { c.Zipf = math.NaN() },
		"no mix":      func(c *Config) { c.Mix = Mix{} },
		"reads 101":   func(c *Config) { c.Reads = 101 },
		"long prefix": func(c *Config) { c.Prefix = strings.Repeat("x", 129) },
		"no UTF-8":    func(c *Config) { c.Prefix = "\xff" },
		"control":     func(c *Config) { c.Prefix = "a\nb" },
	} {
		cfg := good
		change(&cfg)
		if _, err := New(cfg); err == nil {
			t.Errorf("%s: New accepted %+v", name, cfg)
		}
	}
}

func BenchmarkWorkload(b *testing.B) {
	mix, _ := ParseMix(DefaultMix)
	w, err := New(Config{Seed: 1, Keys: 10_000_000, Zipf: 1.1, Mix: mix, Prefix: "g1-"})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := uint64(0); b.Loop(); i++ {
		w.At(i)
	}
}
