package loss

import (
	"slices"
	"testing"
	"time"

	"pangea/gen/workload"
)

// Every handle is a request: those of former rounds are read again by sample.
func TestBooks_DueIsAllButManyFormerHandles(t *testing.T) {
	b := newBooks()
	for _, class := range []workload.Class{workload.Tags, workload.Handle} {
		for i := range 4 * reread {
			b.promises = append(b.promises, promise{class: class, round: 1 + i%2})
		}
	}
	due := b.due(2, 7)
	count := map[workload.Class]map[int]int{workload.Tags: {}, workload.Handle: {}}
	for _, i := range due {
		count[b.promises[i].class][b.promises[i].round]++
	}
	for _, c := range []struct {
		class            workload.Class
		round, got, want int
	}{
		{workload.Tags, 1, count[workload.Tags][1], 2 * reread},
		{workload.Tags, 2, count[workload.Tags][2], 2 * reread},
		{workload.Handle, 1, count[workload.Handle][1], reread},
		{workload.Handle, 2, count[workload.Handle][2], 2 * reread},
	} {
		if c.got != c.want {
			t.Errorf("%v of round %d: %d are due, want %d", c.class, c.round, c.got, c.want)
		}
	}
	if same, other := b.due(2, 7), b.due(2, 8); !slices.Equal(due, same) || slices.Equal(due, other) {
		t.Error("the sample does not follow from the seed")
	}
	slices.Sort(due)
	if len(slices.Compact(due)) != 7*reread {
		t.Error("some are due twice")
	}
}

// Only what a region had promised alone, before it was destroyed, is not owed.
func TestPromise_Binds(t *testing.T) {
	dead := time.Now()
	destroyed := loss{round: 2, region: "eu", to: dead}
	killed := destroyed
	killed.kept = true
	before := promise{by: "eu", alone: true, round: 2, sent: dead.Add(-time.Second)}
	of := func(change func(*promise)) promise {
		p := before
		change(&p)
		return p
	}
	for name, test := range map[string]struct {
		promise promise
		loss    loss
		want    bool
	}{
		"alone, and destroyed":     {before, destroyed, false},
		"alone, and killed":        {before, killed, true},
		"with a peer":              {of(func(p *promise) { p.alone = false }), destroyed, true},
		"by another region":        {of(func(p *promise) { p.by = "us" }), destroyed, true},
		"after it was dead":        {of(func(p *promise) { p.sent = dead.Add(time.Second) }), destroyed, true},
		"in a round that was read": {of(func(p *promise) { p.round = 1 }), destroyed, true},
	} {
		if got := test.promise.binds(test.loss); got != test.want {
			t.Errorf("%s: binds is %t, want %t", name, got, test.want)
		}
	}
}
