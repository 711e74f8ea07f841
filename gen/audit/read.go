package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"pangea/crdt"
	"pangea/gen/client"
	"pangea/gen/history"
	"pangea/gen/workload"
	"pangea/region"
)

// read returns what the regions hold, if they are equal. Regions that move while they are
// read, as a late write moves them, are read again until Wait is over.
func (a *Audit) read(ctx context.Context) (*State, error) {
	for begun := time.Now(); ; {
		state, err := a.look(ctx, begun)
		if !errors.Is(err, errMoved) || time.Since(begun) >= a.cfg.Wait {
			return state, err
		}
	}
}

// errMoved is of regions that were not the same before and after they were read.
var errMoved = errors.New("somebody writes")

func (a *Audit) look(ctx context.Context, begun time.Time) (*State, error) {
	before, err := a.settle(ctx, begun)
	if err != nil {
		return nil, err
	}
	if err := a.recognise(); err != nil {
		return nil, err
	}
	state := &State{Vector: before, Ledgers: history.Ledgers{}}
	for _, r := range a.regions {
		state.Regions = append(state.Regions, r.Name)
		if state.Ledgers[r.Name], err = history.ReadLedger(r); err != nil {
			return nil, err
		}
	}
	if state.Answers, err = a.readKeys(ctx); err != nil {
		return nil, err
	}
	after, err := a.equal()
	switch {
	case errors.Is(err, ErrNotEqual):
		return nil, fmt.Errorf("%w: the regions moved from %v while they were read: stop the writers and repeat", errMoved, before)
	case err != nil:
		return nil, err
	case !before.Covers(after):
		return nil, fmt.Errorf("%w: the regions moved from %v to %v while they were read: stop the writers and repeat", errMoved, before, after)
	}
	return state, nil
}

// ErrNotEqual is of regions that have not applied the same, or hold different state.
var ErrNotEqual = errors.New("the regions are not equal")

// settle waits until the regions are equal, at most until Wait after begun.
func (a *Audit) settle(ctx context.Context, begun time.Time) (crdt.Vector, error) {
	for {
		v, err := a.equal()
		if err == nil || time.Since(begun) >= a.cfg.Wait {
			return v, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// equal returns the vector of all regions, if they have applied the same and hold the same
// (I7).
func (a *Audit) equal() (crdt.Vector, error) {
	var first region.Digest
	var vector crdt.Vector
	for i, r := range a.regions {
		var d region.Digest
		if err := get(r, "/digest", &d); err != nil {
			return nil, err
		}
		v, err := crdt.ParseVector(d.Vector)
		switch {
		case err != nil:
			return nil, fmt.Errorf("digest of %s: %w", r.Name, err)
		case i == 0:
			first, vector = d, v
		case !v.Covers(vector) || !vector.Covers(v):
			return nil, fmt.Errorf("%w yet: %s has applied %s and %s %s: wait with `go tool task verify`", ErrNotEqual, first.Region, first.Vector, d.Region, d.Vector)
		case !maps.EqualFunc(first.Classes, d.Classes, func(a, b region.ClassDigest) bool { return a.Digest == b.Digest }):
			return nil, fmt.Errorf("%w: they have applied the same, and %s and %s hold different state: see `go tool task verify`", ErrNotEqual, first.Region, d.Region)
		}
	}
	return vector, nil
}

// recognise fails unless the run left its mark in this stack.
func (a *Audit) recognise() error {
	want := a.cfg.History.Run
	for _, r := range a.regions {
		got, err := history.ReadMark(r, a.cfg.History.Prefix)
		switch {
		case err != nil:
			return err
		case got == "":
			return fmt.Errorf("the history is not of this stack: %s knows nothing of run %s; the stack was emptied since, or is another one", r.Name, want)
		case got != want:
			return fmt.Errorf("the history is not of this stack: its keys are those of run %s, and the history is of %s", got, want)
		}
	}
	return nil
}

// readKeys asks every region for every key of the history.
func (a *Audit) readKeys(ctx context.Context) ([]Answer, error) {
	keys := a.keys()
	answers := make([]Answer, len(keys)*len(a.regions))
	var done atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(a.cfg.Concurrency)
	for i, key := range keys {
		group.Go(func() (err error) {
			for n, r := range a.regions {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				if answers[i*len(a.regions)+n], err = readKey(r, key); err != nil {
					return err
				}
			}
			a.cfg.Reading(int(done.Add(1)), len(keys))
			return nil
		})
	}
	return answers, group.Wait()
}

// keys are those that the history names, in order.
func (a *Audit) keys() []place {
	named := map[place]bool{}
	for i := range a.cfg.History.Records {
		r := &a.cfg.History.Records[i]
		named[place{r.Class, r.Key, ""}] = true
	}
	return slices.SortedFunc(maps.Keys(named), place.compare)
}

// readKey asks for a handle's local copy: once the regions are equal it is the owner's.
func readKey(r history.Region, at place) (Answer, error) {
	path := "/" + at.class.String() + "/" + url.PathEscape(at.key)
	if at.class == workload.Handle {
		path += "?consistency=eventual"
	}
	var body bytes.Buffer
	answer, err := r.Do(client.Request{Method: http.MethodGet, Path: path}, &body)
	if err != nil {
		return Answer{}, fmt.Errorf("read from %s: %w", r.Name, err)
	}
	if answer.Status != http.StatusOK && answer.Status != http.StatusNotFound {
		return Answer{}, fmt.Errorf("%s answers %d to GET %s: look with `go tool task status`", r.Name, answer.Status, path)
	}
	return NewAnswer(r.Name, at.class, at.key, answer.Status, body.Bytes())
}

func get(r history.Region, path string, into any) error {
	var body bytes.Buffer
	answer, err := r.Do(client.Request{Method: http.MethodGet, Path: path}, &body)
	if err != nil {
		return fmt.Errorf("ask %s: %w: look with `go tool task status`", r.Name, err)
	}
	if answer.Status != http.StatusOK {
		return fmt.Errorf("%s answers %d to GET %s: look with `go tool task status`", r.Name, answer.Status, path)
	}
	if err := json.Unmarshal(body.Bytes(), into); err != nil {
		return fmt.Errorf("answer of %s to GET %s: %w", r.Name, path, err)
	}
	return nil
}
