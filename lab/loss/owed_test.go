package loss

import (
	"strings"
	"testing"

	"pangea/crdt"
	"pangea/gen/workload"
)

// A round that had nothing to check has not passed.
func TestRound_AuditNamesWhatWasNotChecked(t *testing.T) {
	regions := []string{"us", "eu", "ap"}
	for want, spoil := range map[string]func(*Round, *loss){
		"":                            func(*Round, *loss) {},
		"no operation on the routers": func(r *Round, _ *loss) { r.Load.OK = 0 },
		"ap acknowledged nothing that has to stay: tags peer":    func(r *Round, _ *loss) { r.Owed[Kind{workload.Tags, Peer}]["ap"] = 0 },
		"us acknowledged nothing that has to stay: counter peer": func(r *Round, _ *loss) { r.Owed[sums]["us"] = 0 },
		"eu acknowledged nothing that has to stay: handle peer":  func(r *Round, _ *loss) { delete(r.Owed, Kind{workload.Handle, Peer}) },
		"no survivor had stored anything of eu":                  func(_ *Round, l *loss) { l.stored = nil },
	} {
		r, l := newRound(Schedule{Region: "eu"}), loss{region: "eu", stored: crdt.Vector{{Region: "eu", Epoch: 1}: 1}}
		r.Verified, r.Load.OK = true, 1
		for _, k := range kept() {
			for _, region := range regions {
				r.Owed.add(k, region, 1)
			}
		}
		spoil(r, &l)
		r.audit(regions, l)
		if got := strings.Join(r.Unchecked, "\n"); r.Broken() != (want != "") || !strings.Contains(got, want) {
			t.Errorf("broken: %v, unchecked %q: want %q", r.Broken(), got, want)
		}
		if r.Broken() && !strings.Contains(r.String(), want) {
			t.Errorf("%s: does not say %q", r, want)
		}
	}
}
