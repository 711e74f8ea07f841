package console

import (
	"fmt"
	"slices"
)

// The kinds of events.
const (
	Cut    = "cut"    // a link carries nothing any more
	Healed = "healed" // it does again
	Slowed = "slowed" // its round trip was changed
	Gone   = "gone"   // a region, or a router, is silent or does not serve
	Back   = "back"   // it does again
	Moved  = "moved"  // a router sends its clients elsewhere
	Agreed = "agreed" // all regions hold the same, and before they did not
	Wrong  = "wrong"  // they differ at equal vectors
)

// last is what was last known of everything. What is not known at a moment has not changed
// then; what has changed until it is known again is told.
type last struct {
	regions []Region
	routers []Router
	links   []Link
	verdict string // of all regions
}

// changes lists what differs from it in a snapshot, in words, and remembers that.
func (l *last) changes(now *Snapshot) []Event {
	events := []Event{}
	say := func(kind, format string, args ...any) {
		events = append(events, Event{At: now.At, Kind: kind, Text: fmt.Sprintf(format, args...)})
	}
	if now.LinksError == "" {
		linkChanges(l.links, now.Links, say)
		l.links = now.Links
	}
	for i, was := range l.regions {
		regionChange(was, now.Regions[i], say)
	}
	for i, was := range l.routers {
		routerChange(was, now.Routers[i], say)
	}
	l.regions, l.routers = now.Regions, now.Routers
	if is := now.Agreement.Verdict; is == Equal || is == Behind || is == Broken {
		verdictChange(l.verdict, is, say)
		l.verdict = is
	}
	return events
}

// linkChanges tells of a pair once if both ways changed alike.
func linkChanges(before, after []Link, say func(kind, format string, args ...any)) {
	for i, was := range before {
		l := after[i]
		back := slices.IndexFunc(after, func(m Link) bool { return m.From == l.To && m.To == l.From })
		both := after[back].State == l.State && before[back].State == was.State
		switch {
		case both && back < i:
		case was.State == l.State:
		case l.State == Healthy && both:
			say(Healed, "%s and %s reach each other", l.From, l.To)
		case l.State == Healthy:
			say(Healed, "%s's data reaches %s", l.From, l.To)
		case both:
			say(Cut, "%s and %s cannot reach each other (%s)", l.From, l.To, l.State)
		default:
			say(Cut, "%s's data does not reach %s (%s)", l.From, l.To, l.State)
		}
		if was.RTT != nil && l.RTT != nil && *was.RTT != *l.RTT && i < back {
			say(Slowed, "the round trip between %s and %s is %.0f ms, before %.0f ms", l.From, l.To, 1000**l.RTT, 1000**was.RTT)
		}
	}
}

func verdictChange(was, is string, say func(kind, format string, args ...any)) {
	switch {
	case is == Equal && (was == Behind || was == Broken):
		say(Agreed, "all regions hold the same: their vectors and digests are equal")
	case is == Broken && was != Broken:
		say(Wrong, "regions differ at equal vectors: run go tool task verify")
	}
}

func regionChange(was, is Region, say func(kind, format string, args ...any)) {
	serves := func(r Region) bool { return r.Error == "" && r.Ready }
	switch {
	case is.Error != "" && was.Error == "":
		say(Gone, "%s is silent: %s", is.Name, is.Error)
	case serves(is) && !serves(was):
		say(Back, "%s serves", is.Name)
	case serves(was) && !serves(is):
		say(Gone, "%s does not serve: %s", is.Name, is.Reason)
	case is.Error == "" && was.Error != "":
		say(Back, "%s answers, and does not serve yet: %s", is.Name, is.Reason)
	}
}

func routerChange(was, is Router, say func(kind, format string, args ...any)) {
	switch {
	case is.Error != "" && was.Error == "":
		say(Gone, "the router of %s is silent: %s", is.Region, is.Error)
	case is.Error == "" && was.Error != "":
		say(Back, "the router of %s answers, and sends its clients to %s", is.Region, is.Current)
	case is.Current != was.Current && is.Error == "":
		say(Moved, "clients near %s go to %s, before to %s", is.Region, is.Current, was.Current)
	}
}
