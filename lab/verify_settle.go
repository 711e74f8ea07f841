package lab

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"pangea/crdt"
	"pangea/region"
)

const (
	pollEvery     = 200 * time.Millisecond
	progressAfter = 2 * time.Second
	progressEvery = 5 * time.Second
	// A log that has not grown for this long has no writer.
	quietAfter = 3 * time.Second
	// A region that takes longer for its status is as good as silent.
	statusTimeout = 5 * time.Second
)

// sighting is what the regions say at one moment: a vector or an error each.
type sighting struct {
	names   []string
	vectors map[string]crdt.Vector
	silent  map[string]error
}

// settle waits until all vectors are equal.
func (v *verifier) settle(ctx context.Context) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	start, growth := time.Now(), growth{at: map[crdt.Origin]time.Time{}}
	nextLine := start.Add(progressAfter)
	var last sighting // the last one that the end of ctx did not spoil
	for {
		seen := v.look(ctx)
		if seen.settled() {
			return nil
		}
		if ctx.Err() == nil || last.names == nil {
			last = seen
			growth.watch(seen.heads(), time.Now())
		}
		if now := time.Now(); now.After(nextLine) {
			fmt.Fprintf(v.out, "%3.0fs  waiting for equal vectors: %s\n", now.Sub(start).Seconds(), last)
			nextLine = now.Add(progressEvery)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("no equal vectors within %v: %s; %s",
				time.Since(start).Round(time.Second), last, growth.advice(time.Now()))
		}
	}
}

// look asks every region for its vector.
func (v *verifier) look(ctx context.Context) sighting {
	ctx, cancel := context.WithTimeout(ctx, statusTimeout)
	defer cancel()
	seen := sighting{names: v.names, vectors: map[string]crdt.Vector{}, silent: map[string]error{}}
	var mu sync.Mutex
	var asking sync.WaitGroup
	for _, name := range v.names {
		asking.Go(func() {
			vector, err := v.vector(ctx, name)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				seen.silent[name] = err
				return
			}
			seen.vectors[name] = vector
		})
	}
	asking.Wait()
	return seen
}

func (v *verifier) vector(ctx context.Context, name string) (crdt.Vector, error) {
	var status region.Status
	if err := v.ask(ctx, name, "/status", &status); err != nil {
		return nil, err
	}
	vector, err := crdt.ParseVector(status.Vector)
	if err != nil {
		return nil, fmt.Errorf("status of %s: %w", name, err)
	}
	return vector, nil
}

// heads is the furthest that any region is in every log.
func (s sighting) heads() crdt.Vector {
	heads := crdt.Vector{}
	for _, vector := range s.vectors {
		heads.Join(vector)
	}
	return heads
}

func (s sighting) settled() bool {
	heads := s.heads()
	for _, vector := range s.vectors {
		if !vector.Covers(heads) {
			return false
		}
	}
	return len(s.silent) == 0
}

// String names every region that is silent or behind, and by how much.
func (s sighting) String() string {
	heads := s.heads()
	var parts []string
	for _, name := range s.names {
		if err := s.silent[name]; err != nil {
			parts = append(parts, err.Error())
			continue
		}
		if behind := behind(s.vectors[name], heads); behind != "" {
			parts = append(parts, name+" lacks entries: "+behind)
		}
	}
	return strings.Join(parts, "; ")
}

func behind(v, heads crdt.Vector) string {
	var parts []string
	for _, o := range heads.Origins() {
		if n := heads[o] - v[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d of %s", n, o))
		}
	}
	return strings.Join(parts, ", ")
}

// growth remembers when each log was last seen to grow.
type growth struct {
	heads crdt.Vector // nil before the first look
	at    map[crdt.Origin]time.Time
}

func (g *growth) watch(heads crdt.Vector, now time.Time) {
	for o, seq := range heads {
		if g.heads != nil && seq > g.heads[o] {
			g.at[o] = now
		}
	}
	if g.heads == nil {
		g.heads = crdt.Vector{}
	}
	g.heads.Join(heads)
}

// advice says what to do about vectors that do not become equal.
func (g *growth) advice(now time.Time) string {
	var growing []string
	for _, o := range g.heads.Origins() {
		if at, ok := g.at[o]; ok && now.Sub(at) < quietAfter {
			growing = append(growing, o.String())
		}
	}
	if len(growing) > 0 {
		return "writers are still active in " + strings.Join(growing, " and ") + ": stop them and repeat"
	}
	return "nobody writes any more: look for dead regions and cut links with `go tool task chaos -- status`"
}
