package loss_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pangea/chaos"
	"pangea/gen/workload"
	"pangea/lab/loss"
	"pangea/region/regiontest"
)

func TestMain(m *testing.M) { regiontest.Main(m) }

// stage is three real regions, of which one can go away and come back. It keeps its
// disks, so nothing is lost but what a test deletes.
type stage struct {
	*regiontest.World
	t *testing.T
}

func (s stage) Kill(words []string) (chaos.Fault, error) { return s.Destroy(words) }

func (s stage) Destroy(words []string) (chaos.Fault, error) {
	return chaos.Fault{
		Name: "stop " + words[0], Broken: words[0] + " is away", Cure: "start " + words[0],
		Inject: func(context.Context) error { s.Stop(s.t, words[0]); return nil },
		Heal:   func(context.Context) error { s.Start(s.t, words[0]); return nil },
	}, nil
}

// lose goes through two rounds of about 5 s, unless the first ends it.
func (s stage) lose(verify loss.Verify) *loss.Finding {
	s.t.Helper()
	topo := *s.Topology
	topo.Regions = append(topo.Regions[:0:0], topo.Regions...)
	for i := range topo.Regions {
		topo.Regions[i].Router = topo.Regions[i].HTTP
	}
	cfg := loss.Config{Rounds: 2, Seed: shortSeed, Rate: 100, Region: "eu", Limit: time.Minute, Progress: s.t.Output()}
	experiment, err := loss.New(cfg, &topo, s, verify)
	if err != nil {
		s.t.Fatal(err)
	}
	found, err := experiment.Run(s.t.Context())
	if err != nil || len(found.Rounds) != 2 || found.Rounds[1].Error == "" {
		s.t.Fatalf("%+v, %v: want the second round to fail", found, err)
	}
	return found
}

const shortSeed = 13880 // of whose rounds each takes 4.3 s until the return

// What is checked, package-internal tests see to: here, that it happens to a real loss.
func TestExperiment_GoesOnUntilRegionsDiffer(t *testing.T) {
	s := stage{World: regiontest.New(t, regiontest.Options{}), t: t}
	verified := 0
	found := s.lose(func(context.Context) error {
		s.WaitConverged(t)
		if verified++; verified > 1 {
			return errors.New("they differ")
		}
		return nil
	})
	first, second := found.Rounds[0], found.Rounds[1]
	if tags := found.Of(loss.Kind{Class: workload.Tags, Ack: loss.Local}); first.Broken() || tags.Given == 0 || tags.Lost > 0 {
		t.Errorf("nothing was lost, and the round says %s", first)
	}
	if first.Load.OK == 0 || first.Whole < first.Ready {
		t.Errorf("%d entries, %d operations, ready after %v, whole after %v", first.Compared, first.Load.OK, first.Ready, first.Whole)
	}
	if !second.Broken() || !strings.Contains(second.Error, "they differ") || second.Verified {
		t.Errorf("got %+v, want it broken because they differ", second)
	}
}
