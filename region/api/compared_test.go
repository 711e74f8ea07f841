package api

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"pangea/region"
)

// What is exported is of the last digest only, exact, and changes with each of its parts
// (I7).
func TestCompared_TellsDigestsApart(t *testing.T) {
	c := newCompared()
	if n := testutil.CollectAndCount(c); n != 0 {
		t.Errorf("%d series before any digest", n)
	}
	show := func(vector, profile, tags string) map[string]float64 {
		c.last.Store(&region.Digest{Vector: vector, Classes: map[string]region.ClassDigest{
			"profile": {Digest: profile}, "tags": {Digest: tags},
		}})
		return exported(t, c)
	}
	const a, b = "fffffffffffff" + "0000000000000000000", "ffffffffffffe" + "0000000000000000000"
	first := show("us=1,eu=2", a, b)
	if len(first) != 3 || first["profile"] != 1<<52-1 || first["tags"] != 1<<52-2 {
		t.Fatalf("got %v", first)
	}
	for _, alike := range []string{"us=1,eu=2", "eu=2,us=1", "ap=0,eu=2,us=1"} {
		if again := show(alike, a, b); again["vector"] != first["vector"] {
			t.Errorf("%s is %v, and us=1,eu=2 is %v", alike, again["vector"], first["vector"])
		}
	}
	if other := show("us=1,eu=3", a, a); other["vector"] == first["vector"] || other["tags"] == first["tags"] {
		t.Errorf("got %v, which is as %v", other, first)
	}
}

// exported are the values by class, and that of the vector.
func exported(t *testing.T, c prometheus.Collector) map[string]float64 {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(c)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, f := range families {
		for _, m := range f.Metric {
			name := strings.TrimPrefix(f.GetName(), "pangea_digest_")
			if len(m.Label) > 0 {
				name = m.Label[0].GetValue()
			}
			values[name] = m.Gauge.GetValue()
		}
	}
	return values
}
