package rehearsal

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pangea/gen/measure"
	"pangea/gen/workload"
)

// Whatever happens at once, is late, or is never answered: a history of regions that keep
// their word contradicts nothing.
func TestJudge_FindsNothingInCleanHistories(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sc := newScene(rapid.Uint64().Draw(t, "seed"))
		sc.play(rapid.IntRange(1, 300).Draw(t, "operations"))
		s, err := sc.end()
		if err != nil {
			t.Fatal(err)
		}
		report, err := s.judge()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range report.Properties {
			for _, v := range p.First {
				t.Errorf("%s: %s\n%s", p.Name, v.Text, lines(v.Records))
			}
		}
	})
}

// A removal that finds nothing makes no entry: who has applied the one before it need not
// have applied what it had seen.
func TestJudge_ARemovalWithoutAnEffectProvesNothing(t *testing.T) {
	for _, c := range []struct {
		add, remove action
		class       workload.Class
	}{{add("a"), remove("a"), workload.Tags}, {patch("f", "a"), drop("f"), workload.Prefs}} {
		sc := newScene(1)
		sc.at(ann, eu, c.add)
		sc.settle()
		sc.at(ann, eu, c.remove)
		sc.deliver(sc.sites[us], sc.sites[eu])
		sc.at(ben, us, c.remove) // finds nothing
		line := sc.at(ben, ap, read(c.class))
		if shown := string(sc.records[line].Answer); !strings.Contains(shown, `"a"`) {
			t.Fatalf("ap shows %s: want what it has not heard the removal of", shown)
		}
		findsNothing(t, sc)
	}
}

// A claim that nobody was answered may be decided after others were told that the handle is
// free.
func TestJudge_ALostClaimMayBeDecidedLate(t *testing.T) {
	sc := newScene(1)
	sc.records = append(sc.records, sc.sent(ann, sc.sites[us], claim("ann"), measure.Unanswered))
	sc.now += 1000
	sc.at(ben, eu, read(workload.Handle))
	sc.claim(claim("ann"))
	sc.at(ben, eu, read(workload.Handle))
	findsNothing(t, sc)
}

func findsNothing(t *testing.T, sc *scene) {
	t.Helper()
	s, err := sc.end()
	if err != nil {
		t.Fatal(err)
	}
	report, err := s.judge()
	if err != nil {
		t.Fatal(err)
	}
	if report.Violated() > 0 {
		report.Print(t.Output())
		t.Errorf("%d violations, want none", report.Violated())
	}
}
