package convergence

import (
	"strings"
	"testing"

	"pangea/gen/conflict"
	"pangea/gen/workload"
	"pangea/lab/results/resultstest"
)

// sound is what the classes keep if everything is as it should be: profiles one write of
// each pair, the others both.
func sound() *Finding {
	f := &Finding{Planted: []bool{true, true, true, true}}
	for _, class := range Classes() {
		n, booked := &conflict.Report{Config: conflict.Config{Class: class}, Pairs: 200, Acknowledged: 200}, conflict.Books{}
		for i := range n.Pairs {
			v := conflict.Verdict{Values: []string{"x"}, Survived: [2]bool{class != workload.Profile, true}}
			v.Pair.Key, v.Pair.Sides = "k", [2]conflict.Side{{Token: "us-1"}, {Token: "eu-1"}}
			n.Verdicts = append(n.Verdicts, v)
			if n.Verdicts[i].Lost() {
				n.Lost++
				booked.Concurrent++
			}
		}
		f.Reports, f.Booked = append(f.Reports, n), append(f.Booked, booked)
	}
	return f
}

func TestRecord_Claims(t *testing.T) {
	resultstest.Breaks(t, Record(sound()))
	for want, spoil := range map[string]func(*Finding){
		"profile: every region shows the same of every pair, and nothing twice": func(f *Finding) { f.Reports[0].Wrong = make([]conflict.Verdict, 1) },
		"profile: nearly every pair was a conflict, and lost one write":         func(f *Finding) { f.Booked[0].Concurrent = 180 },
		"profile: a loss that was planted is found":                             func(f *Finding) { f.Planted[0] = false },
		"counter: every region shows the same of every pair, and nothing twice": func(f *Finding) { f.Reports[1].Acknowledged = 197 },
		"counter: no write is lost":                                             func(f *Finding) { f.Reports[1].Lost = 1 },
		"tags: no write is lost":                                                func(f *Finding) { f.Reports[2].Lost = 1 },
		"prefs: a loss that was planted is found":                               func(f *Finding) { f.Planted[3] = false },
		"all regions hold the same in the end":                                  func(f *Finding) { f.Equal = "they differ" },
	} {
		f := sound()
		spoil(f)
		resultstest.Breaks(t, Record(f), want)
	}
}

// What profiles lost stands beside what the others kept, pair by pair and as a curve.
func TestRecord_ShowsTheDifference(t *testing.T) {
	r := Record(sound())
	pairs := r.Tables[1]
	if row := strings.Join(pairs.Rows[0], " "); len(pairs.Rows) != sample || !strings.Contains(row, "us-1 x x x x") {
		t.Errorf("got %d pairs, the first %q", len(pairs.Rows), row)
	}
	for i, want := range []float64{200, 0, 0, 0} {
		points := r.Charts[0].Curves[i].Points
		if last := points[len(points)-1]; last.X != 200 || last.Y != want {
			t.Errorf("%s ends at %v, want %v lost of 200", r.Charts[0].Curves[i].Name, last, want)
		}
	}
}
