package position_test

import (
	"testing"
	"testing/synctest"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
)

// An entry is lost for good once its log has ended, and every region, whole and ready, has
// said for ten seconds that it does not have it.
func TestRemains(t *testing.T) {
	ap2 := crdt.Origin{Region: "ap", Epoch: 2}
	for name, c := range map[string]struct {
		eu, ap  func(*region.Report)
		before  func(*position.Tracker)
		seconds int
		want    uint64
	}{
		"all say so":              {seconds: 10, want: 6},
		"not for long enough":     {seconds: 9, want: 7},
		"its log goes on":         {seconds: 20, want: 7, ap: func(r *region.Report) { r.Origin = ap }},
		"eu stores it":            {seconds: 20, want: 7, eu: func(r *region.Report) { r.Stored = crdt.Vector{ap: 7} }},
		"eu is not ready":         {seconds: 20, want: 7, eu: func(r *region.Report) { r.Ready = false }},
		"eu has more to read":     {seconds: 20, want: 7, eu: func(r *region.Report) { r.Salvaging = true }},
		"eu does not hear us":     {seconds: 20, want: 7, eu: func(r *region.Report) { r.Echoes = nil }},
		"eu is another each time": {seconds: 20, want: 7, eu: func(r *region.Report) { r.Instance = time.Now().String() }},
		"eu is away":              {seconds: 20, want: 7, eu: func(r *region.Report) { r.Origin.Region = "xx" }},
		"eu is away, and de-registered": {
			seconds: 20, want: 7, eu: func(r *region.Report) { r.Origin.Region = "xx" },
			before: func(t *position.Tracker) { t.SetRegistered("eu", false) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tracker := track("us", 0, "eu", "ap")
				tracker.Advance(has(us, 1, crdt.Vector{ap: 5}))
				if c.before != nil {
					c.before(tracker)
				}
				for second := range c.seconds + 1 {
					for r, change := range map[*region.Report]func(*region.Report){
						new(report(eu, 1, crdt.Vector{ap: 6})): c.eu, new(report(ap2, 1, nil)): c.ap,
					} {
						if change != nil {
							change(r)
						}
						tracker.Observe(*r)
					}
					if second < c.seconds {
						time.Sleep(time.Second)
					}
				}
				if got := tracker.Remains(ap, 7); got != c.want {
					t.Errorf("of 7 entries of ap %d remain, want %d", got, c.want)
				}
			})
		})
	}
}

// A region that was silent in between may have got it meanwhile.
func TestRemains_BeginsAnewAfterASilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu")
		tracker.Advance(has(us, 1, crdt.Vector{eu: 5}))
		tracker.Observe(report(eu2, 1, nil))
		time.Sleep(position.Silence)
		tracker.Observe(report(eu2, 1, nil))
		for range 5 {
			time.Sleep(time.Second)
			tracker.Observe(report(eu2, 1, nil))
		}
		if got := tracker.Remains(eu, 7); got != 7 {
			t.Errorf("of 7 entries of eu %d remain", got)
		}
	})
}
