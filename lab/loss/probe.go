package loss

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"pangea/gen/client"
	"pangea/gen/workload"
)

// every is how often a probe writes, whatever became of its last write.
const every = 10 * time.Millisecond

// probe writes to one region, with no router between, so that it knows who made it a
// promise. Nobody else writes its keys.
type probe struct {
	region string
	client *client.Client
	prefix string
	round  int
	books  *books
}

// run writes until ctx is done, and waits for the answers under way.
func (p *probe) run(ctx context.Context) {
	defer p.client.Close()
	var inFlight sync.WaitGroup
	defer inFlight.Wait()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			inFlight.Go(func() { p.send(p.write(n)) })
		}
	}
}

func (p *probe) send(w write) {
	w.sent = time.Now()
	answer, err := p.client.Do(w.request, nil)
	p.books.enter(w, answer, err)
}

// write is one request, and the promise that its acknowledgement makes.
type write struct {
	promise
	operation workload.Kind
	summed    bool // of a counter of many
	request   client.Request
}

// write makes every second write one that the region acknowledges by itself, of the
// classes in turn; of handles there are none. The others wait for a peer, of which one goes
// to a counter of many.
func (p *probe) write(n int) write {
	classes, turn := workload.Classes(), n/2 // handles are the last
	if n%2 == 0 {
		return p.one(n, classes[turn%(len(classes)-1)], true)
	}
	if turn %= len(classes) + 1; turn < len(classes) {
		return p.one(n, classes[turn], false)
	}
	return p.count()
}

// one is a write of something that no other write makes.
func (p *probe) one(n int, class workload.Class, alone bool) write {
	w := write{promise: promise{class: class, value: strconv.Itoa(n), by: p.region, alone: alone, round: p.round}}
	set := p.prefix + "-" + w.ack() // of tags, or of fields
	w.key = set + "-" + w.value
	switch class {
	case workload.Counter:
		w.operation, w.request = workload.Incr, client.Request{Method: http.MethodPost, Path: "/counter/" + w.key + "/incr"}
	case workload.Profile:
		w.operation, w.request = workload.Put, client.Request{Method: http.MethodPut, Path: "/profile/" + w.key, Body: fmt.Appendf(nil, "%q", w.value)}
	case workload.Tags:
		w.key = set
		w.operation, w.request = workload.Add, client.Request{Method: http.MethodPost, Path: "/tags/" + set + "/add", Body: fmt.Appendf(nil, `{"tag":%q}`, w.value)}
	case workload.Prefs:
		w.key = set
		w.operation, w.request = workload.Patch, client.Request{Method: http.MethodPatch, Path: "/prefs/" + set, Body: fmt.Appendf(nil, `{%q:true}`, w.value)}
	case workload.Handle:
		w.value = "user:" + p.region
		w.operation, w.request = workload.Claim, client.Request{Method: http.MethodPut, Path: "/handle/" + w.key, Body: fmt.Appendf(nil, `{"claimant":%q}`, w.value)}
	}
	w.request.Ack = w.ack()
	return w
}

func (p *probe) count() write {
	return write{
		promise:   promise{class: workload.Counter, key: p.prefix, by: p.region, round: p.round},
		operation: workload.Incr, summed: true,
		request: client.Request{Method: http.MethodPost, Path: "/counter/" + p.prefix + "/incr", Ack: Peer},
	}
}
