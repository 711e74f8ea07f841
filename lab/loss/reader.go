package loss

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"

	"pangea/crdt"
	"pangea/gen/client"
	"pangea/gen/workload"
	"pangea/region"
	"pangea/region/topology"
)

// reader asks one region, with no router between. It is used by one goroutine.
type reader struct {
	region string
	client *client.Client
	sets   map[string]map[string]bool // of tags and of fields, by path, once read
}

func newReader(r topology.Region) (*reader, error) {
	c, err := client.New("http://"+r.HTTP, timeout)
	return &reader{region: r.Name, client: c, sets: map[string]map[string]bool{}}, err
}

func (r *reader) close() { r.client.Close() }

// positions are how far the region shows each log, and how far it has it.
func (r *reader) positions() (applied, stored crdt.Vector, err error) {
	var s region.Status
	if err := r.ask("/status", &s); err != nil {
		return nil, nil, err
	}
	if applied, err = crdt.ParseVector(s.Vector); err != nil {
		return nil, nil, fmt.Errorf("status of %s: %w", r.region, err)
	}
	if stored, err = crdt.ParseVector(s.Stored); err != nil {
		return nil, nil, fmt.Errorf("status of %s: %w", r.region, err)
	}
	return applied, stored, nil
}

// keeps reports whether the region has what was promised.
func (r *reader) keeps(p promise) (bool, error) {
	switch p.class {
	case workload.Handle:
		claimant, err := r.claimant(p.key)
		return claimant == p.value, err
	case workload.Profile:
		value, err := r.profile(p.key)
		return value == p.value, err
	case workload.Counter:
		n, err := r.counter(p.key)
		return n == 1, err // 0: it is lost; 2: it counts twice
	}
	members, err := r.members(p.class, p.key)
	return members[p.value], err
}

// claimant is who holds the handle as far as this region knows, whoever owns it.
func (r *reader) claimant(name string) (string, error) {
	var handle struct{ Claimant string }
	err := r.ask("/handle/"+name+"?consistency=eventual", &handle)
	return handle.Claimant, err
}

// members are the tags of a set, or the fields of an object.
func (r *reader) members(class workload.Class, key string) (map[string]bool, error) {
	path := "/" + class.String() + "/" + key
	if r.sets[path] != nil {
		return r.sets[path], nil
	}
	var set struct {
		Tags  []string
		Value map[string]json.RawMessage
	}
	if err := r.ask(path, &set); err != nil {
		return nil, err
	}
	members := map[string]bool{}
	for _, name := range slices.AppendSeq(set.Tags, maps.Keys(set.Value)) {
		members[name] = true
	}
	r.sets[path] = members
	return members, nil
}

func (r *reader) profile(key string) (string, error) {
	var profile struct{ Value string }
	err := r.ask("/profile/"+key, &profile)
	return profile.Value, err
}

func (r *reader) counter(key string) (int64, error) {
	var counter struct{ Value int64 }
	err := r.ask("/counter/"+key, &counter)
	return counter.Value, err
}

// entry is a digest of an entry of a log, if the region holds it.
func (r *reader) entry(log crdt.Origin, seq uint64) (sum [sha256.Size]byte, held bool, err error) {
	path := fmt.Sprintf("/log/%s?from=%d.%d", log.Region, log.Epoch, seq)
	page, err := r.get(path, http.StatusGone)
	if err != nil || page == nil {
		return sum, false, err
	}
	payload, err := region.ReadFrame(bufio.NewReader(bytes.NewReader(page)))
	if err == io.EOF {
		return sum, false, nil
	}
	if err != nil {
		return sum, false, fmt.Errorf("read the answer of %s to GET %s: %w", r.region, path, err)
	}
	return sha256.Sum256(payload), true, nil
}

// ask decodes the answer to a GET; of what is absent there is nothing to decode.
func (r *reader) ask(path string, answer any) error {
	body, err := r.get(path, http.StatusNotFound)
	if err != nil || body == nil {
		return err
	}
	if err := json.Unmarshal(body, answer); err != nil {
		return fmt.Errorf("read the answer of %s to GET %s: %w", r.region, path, err)
	}
	return nil
}

// get returns nil for an answer with the status that means absent.
func (r *reader) get(path string, absent int) ([]byte, error) {
	body := bytes.NewBuffer([]byte{})
	a, err := r.client.Do(client.Request{Method: http.MethodGet, Path: path}, body)
	switch {
	case err != nil:
		return nil, fmt.Errorf("ask %s: %w", r.region, err)
	case a.Status == absent:
		return nil, nil
	case a.Status != http.StatusOK:
		return nil, fmt.Errorf("%s answers %d to GET %s: %s", r.region, a.Status, path, bytes.TrimSpace(body.Bytes()))
	}
	return body.Bytes(), nil
}
