package chaos

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"pangea/chaos/links"
	"pangea/crdt"
	"pangea/region"
	"pangea/region/topology"
)

// Status is what the world looks like now.
type Status struct {
	Regions  []RegionStatus
	Links    []LinkStatus
	LinksErr error // why there are no Links
}

// RegionStatus is one region, as it says itself.
type RegionStatus struct {
	Name                      string
	Err                       error // why it says nothing; the rest is empty then
	NoData                    bool  // and there is no database of it: it was destroyed, or never started
	Process, Postgres, Router PartState
	Skew                      time.Duration // of its clock
	Ready                     bool
	Reason                    string // why it is not ready, and of a snapshot how much it has
	Isolated                  bool   // ready without having heard any peer
	Vector                    crdt.Vector
	Lacks                     crdt.Vector // entries that another region has and this one has not
}

// PartState is what became of a process.
type PartState string

// The states of a part.
const (
	Up     PartState = "up"
	Paused PartState = "paused" // it is there, and answers nothing
	Dead   PartState = "dead"
)

// errPaused is why a region says nothing, with no need to ask it.
var errPaused = errors.New("paused: start lets it go on")

// LinkStatus is how the data of From travels to To: the proxies by which To
// dials From.
type LinkStatus struct {
	From, To   string
	NATS, HTTP links.LinkState
}

// Status looks at every region and link. What is dead is part of the answer.
func (w *World) Status(ctx context.Context) Status {
	s := Status{Regions: make([]RegionStatus, len(w.Topology.Regions))}
	var asking sync.WaitGroup
	for i, r := range w.Topology.Regions {
		asking.Go(func() { s.Regions[i] = w.look(ctx, r) })
	}
	states, err := w.Network.Status(ctx)
	s.Links, s.LinksErr = directed(states), err
	asking.Wait()
	compare(s.Regions)
	return s
}

// look asks a region, and if it is silent sees whether there is anything left of it.
func (w *World) look(ctx context.Context, r topology.Region) RegionStatus {
	process, postgres, router := w.stateOf(regionPart(r.Name)), w.stateOf("postgres-"+r.Name), w.stateOf("router-"+r.Name)
	s := RegionStatus{Name: r.Name, Err: errPaused}
	if process != Paused {
		s = askRegion(ctx, r)
	}
	s.Process, s.Postgres, s.Router = process, postgres, router
	s.NoData = s.Err != nil && !w.Processes.HasData(r.Name)
	return s
}

func (w *World) stateOf(part string) PartState {
	switch {
	case !w.Processes.Alive(part):
		return Dead
	case w.Processes.Paused(part):
		return Paused
	}
	return Up
}

func askRegion(ctx context.Context, r topology.Region) RegionStatus {
	body, err := get(ctx, "http://"+r.HTTP+"/status")
	if err != nil {
		return RegionStatus{Name: r.Name, Err: err}
	}
	var answer region.Status
	if err := json.Unmarshal(body, &answer); err != nil {
		return RegionStatus{Name: r.Name, Err: fmt.Errorf("read its status: %w", err)}
	}
	vector, err := crdt.ParseVector(answer.Vector)
	return RegionStatus{
		Name: r.Name, Err: err, Ready: answer.Ready, Reason: reason(answer), Isolated: answer.Isolated, Vector: vector,
		Skew: time.Duration(math.Round(answer.Clock.SkewSeconds * float64(time.Second))),
	}
}

// reason is the region's own, and how far it is with a snapshot: that can take minutes.
func reason(s region.Status) string {
	if s.Ready || s.Seed == nil || s.Seed.Rows == 0 || s.Seed.Donor == "" {
		return s.Reason
	}
	text := fmt.Sprintf("%s: %d of about %d rows", s.Reason, s.Seed.Rows, s.Seed.Of)
	if s.Seed.SecondsLeft < 0 {
		return text
	}
	return fmt.Sprintf("%s, %.0fs left", text, s.Seed.SecondsLeft)
}

// compare fills in what each region lacks of what the others have.
func compare(regions []RegionStatus) {
	heads := crdt.Vector{}
	for _, r := range regions {
		heads.Join(r.Vector)
	}
	for i := range regions {
		regions[i].Lacks = crdt.Vector{}
		for o, seq := range heads {
			if have := regions[i].Vector[o]; have < seq {
				regions[i].Lacks[o] = seq - have
			}
		}
	}
}

// directed pairs up the proxies that carry one region's data to another.
func directed(states []links.LinkState) []LinkStatus {
	var all []LinkStatus
	for _, http := range states {
		for _, nats := range states {
			if http.Protocol == topology.HTTP && nats.Protocol == topology.NATS &&
				http.Dialer == nats.Dialer && http.Target == nats.Target {
				all = append(all, LinkStatus{From: http.Target, To: http.Dialer, NATS: nats, HTTP: http})
			}
		}
	}
	slices.SortFunc(all, func(a, b LinkStatus) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return all
}

// Limit is what a connection carries of the data at most, in KB/s; 0 is no limit.
func (l LinkStatus) Limit() int64 { return max(l.NATS.Down, l.HTTP.Down) }

// Health is the health of both proxies, or of each where they differ.
func (l LinkStatus) Health() string {
	if l.NATS.Health == l.HTTP.Health {
		return string(l.NATS.Health)
	}
	return fmt.Sprintf("nats %s, http %s", l.NATS.Health, l.HTTP.Health)
}

// Lag is what the region lacks, in words.
func (r RegionStatus) Lag() string {
	var parts []string
	for _, o := range r.Lacks.Origins() {
		parts = append(parts, fmt.Sprintf("%d of %s", r.Lacks[o], o))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}
