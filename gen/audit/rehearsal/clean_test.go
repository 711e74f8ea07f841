package rehearsal

import (
	"testing"

	"pgregory.net/rapid"
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
