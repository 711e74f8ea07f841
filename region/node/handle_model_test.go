package node_test

import (
	"fmt"
	"testing"

	"github.com/anishathalye/porcupine"
)

// question is what a client asks about a handle.
type question struct {
	method   string // PUT claims, DELETE releases, GET reads
	name     string
	claimant string
}

// answer is what it was told; status 0 if nothing.
type answer struct {
	status   int
	claimant string // who holds the handle, as the answer says
}

// handleModel says which histories of one handle are linearizable (I10). Its state is
// who holds the handle, "" if nobody does.
var handleModel = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byName := map[string][]porcupine.Operation{}
		for _, op := range history {
			name := op.Input.(question).name
			byName[name] = append(byName[name], op)
		}
		var parts [][]porcupine.Operation
		for _, part := range byName {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() any { return "" },
	Step: func(state, in, out any) (bool, any) {
		return stepHandle(state.(string), in.(question), out.(answer))
	},
	DescribeOperation: func(in, out any) string { return fmt.Sprintf("%+v -> %+v", in, out) },
}

// stepHandle answers whether a handle held by holder explains an answer, and who
// holds it afterwards. Without an answer the question takes effect, which may be so
// late that nobody sees it.
func stepHandle(holder string, q question, a answer) (bool, string) {
	after, status := holder, 409
	switch {
	case q.method == "GET":
		status = map[bool]int{true: 404, false: 200}[holder == ""]
	case q.method == "PUT" && holder == "":
		after, status = q.claimant, 201
	case q.method == "PUT" && holder == q.claimant:
		status = 200
	case q.method == "DELETE" && holder == "":
		status = 404
	case q.method == "DELETE" && holder == q.claimant:
		after, status = "", 200
	}
	names := status == 409 || status == 200 && q.method != "DELETE"
	return a.status == 0 || a.status == status && (!names || a.claimant == holder), after
}

// The checker is no use unless it refuses histories that no single owner can produce.
func TestHandleModel_TellsHistoriesApart(t *testing.T) {
	t.Parallel()
	op := func(from, to int64, method, claimant string, status int, holder string) porcupine.Operation {
		return porcupine.Operation{
			Input: question{method, "h", claimant}, Output: answer{status, holder}, Call: from, Return: to,
		}
	}
	const never = 1000
	for name, c := range map[string]struct {
		want    bool
		history []porcupine.Operation
	}{
		"claimed, refused, released, claimed": {true, []porcupine.Operation{
			op(0, 1, "PUT", "a", 201, ""), op(2, 3, "PUT", "b", 409, "a"), op(4, 5, "DELETE", "a", 200, ""), op(6, 7, "PUT", "b", 201, ""),
		}},
		"claimed by two": {false, []porcupine.Operation{
			op(0, 5, "PUT", "a", 201, ""), op(1, 6, "PUT", "b", 201, ""),
		}},
		"read from a copy that is behind": {false, []porcupine.Operation{
			op(0, 1, "PUT", "a", 201, ""), op(2, 3, "GET", "", 404, ""),
		}},
		"read while it is claimed": {true, []porcupine.Operation{
			op(0, 3, "PUT", "a", 201, ""), op(1, 2, "GET", "", 404, ""),
		}},
		"a claim without an answer is seen": {true, []porcupine.Operation{
			op(0, never, "PUT", "a", 0, ""), op(1, 2, "GET", "", 404, ""), op(3, 4, "GET", "", 200, "a"),
		}},
		"a claim without an answer is seen and undone": {false, []porcupine.Operation{
			op(0, never, "PUT", "a", 0, ""), op(1, 2, "GET", "", 200, "a"), op(3, 4, "PUT", "b", 201, ""),
		}},
		"an answer names the wrong holder": {false, []porcupine.Operation{
			op(0, 1, "PUT", "a", 201, ""), op(2, 3, "PUT", "b", 409, "c"),
		}},
	} {
		if got := porcupine.CheckOperations(handleModel, c.history); got != c.want {
			t.Errorf("%s: linearizable %t, want %t", name, got, c.want)
		}
	}
}
