package audit

import (
	"fmt"
	"math"
	"time"

	"github.com/anishathalye/porcupine"

	"pangea/gen/workload"
)

// handleWithin bounds the search for an order of the operations of one handle.
const handleWithin = 20 * time.Second

// question is what a client asks about a handle, and reply what it was told: status 0 if
// nothing, or an answer nobody could tell from another.
type (
	question struct {
		kind     workload.Kind
		claimant string
	}
	reply struct {
		status int
		holder string
	}
)

// handleModel says which histories of one handle are linearizable (I10). Its state is who
// holds it, "" if nobody does.
var handleModel = porcupine.Model{
	Init: func() any { return "" },
	Step: func(state, in, out any) (bool, any) { return stepHandle(state.(string), in.(question), out.(reply)) },
}

// stepHandle answers whether a handle held by holder explains a reply, and who holds it
// afterwards. Without a reply the question takes effect, which may be so late that nobody
// sees it. Handles of a run are claimed and never released.
func stepHandle(holder string, q question, r reply) (bool, string) {
	after, status := holder, 409
	switch {
	case q.kind == workload.Read && holder == "":
		status = 404
	case q.kind == workload.Read, holder == q.claimant:
		status = 200
	case holder == "":
		after, status = q.claimant, 201
	}
	names := status != 404
	return r.status == 0 || r.status == status && (!names || r.holder == after), after
}

// judgeHandles looks for an order of the operations of each handle in which one owner could
// have answered them, one after the other, and that the regions' state is the end of.
// A search that takes too long decides nothing.
func (j *judgement) judgeHandles() {
	histories := map[string][]porcupine.Operation{}
	proof := map[string][]*operation{}
	for _, o := range j.ops {
		if o.Class != workload.Handle || !o.write() && !(o.read() && o.ok()) {
			continue
		}
		j.handles.count(o)
		histories[o.Key] = append(histories[o.Key], o.handle())
		proof[o.Key] = append(proof[o.Key], o)
	}
	for _, a := range j.state.Answers {
		if a.Class == workload.Handle {
			histories[a.Key] = append(histories[a.Key], a.handle())
		}
	}
	for key, h := range histories {
		switch porcupine.CheckOperationsTimeout(handleModel, h, j.within) {
		case porcupine.Illegal:
			j.handles.violate(fmt.Sprintf("handle %s: no order of its %d operations explains their answers, and what the regions show: %s", key, len(proof[key]), j.state.shown(workload.Handle, key)), proof[key]...)
		case porcupine.Unknown:
			j.handles.leave(fmt.Sprintf("handle %s: %v are too short to try the orders of its %d operations", key, j.within, len(proof[key])))
		}
	}
}

// An open claim returns after all else, the regions' state included.
const (
	afterwards = math.MaxInt64 / 4
	never      = math.MaxInt64 / 2
)

func (o *operation) handle() porcupine.Operation {
	op := porcupine.Operation{
		Input: question{o.Kind, o.arg.Claimant}, Output: reply{o.Status, o.got.holder()},
		Call: o.Start, Return: o.End,
	}
	if o.open() {
		op.Output, op.Return = reply{}, never
	}
	return op
}

func (a *Answer) handle() porcupine.Operation {
	return porcupine.Operation{
		Input: question{kind: workload.Read}, Output: reply{a.Status, a.got.holder()},
		Call: afterwards, Return: afterwards + 1,
	}
}

func (a *answer) holder() string {
	if a.Claimant == nil {
		return ""
	}
	return *a.Claimant
}
