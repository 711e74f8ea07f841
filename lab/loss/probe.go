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
	request   client.Request
}

// write makes every second write one that the region acknowledges by itself: they are
// the measure of what is lost.
func (p *probe) write(n int) write {
	switch {
	case n%2 == 0:
		return p.tag(n, "local")
	case n%6 == 1:
		return p.tag(n, "peer")
	case n%6 == 3:
		return p.count()
	}
	return p.claim(n)
}

func (p *probe) tag(n int, ack string) write {
	tag := strconv.Itoa(n)
	return write{
		promise:   promise{class: workload.Tags, key: p.prefix + "-" + ack, value: tag, by: p.region, alone: ack == "local", round: p.round},
		operation: workload.Add,
		request: client.Request{
			Method: http.MethodPost, Path: "/tags/" + p.prefix + "-" + ack + "/add", Body: fmt.Appendf(nil, `{"tag":%q}`, tag), Ack: ack,
		},
	}
}

func (p *probe) count() write {
	return write{
		promise:   promise{class: workload.Counter, key: p.prefix, by: p.region, round: p.round},
		operation: workload.Incr,
		request:   client.Request{Method: http.MethodPost, Path: "/counter/" + p.prefix + "/incr", Ack: "peer"},
	}
}

// claim needs no header: handles always wait for a peer.
func (p *probe) claim(n int) write {
	name, claimant := fmt.Sprintf("%s-%d", p.prefix, n), "user:"+p.region
	return write{
		promise:   promise{class: workload.Handle, key: name, value: claimant, by: p.region, round: p.round},
		operation: workload.Claim,
		request:   client.Request{Method: http.MethodPut, Path: "/handle/" + name, Body: fmt.Appendf(nil, `{"claimant":%q}`, claimant)},
	}
}
