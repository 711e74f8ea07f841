package workload

import (
	"fmt"
	"slices"
	"strconv"
)

// Kind is what an operation does to its key.
type Kind uint8

const (
	Read Kind = iota
	Incr
	Decr
	Put
	Add
	Remove
	Patch
	Claim
	kinds // how many there are
)

var kindNames = [kinds]string{"read", "incr", "decr", "put", "add", "remove", "patch", "claim"}

func (k Kind) String() string { return kindNames[k] }

// MarshalText writes the kind as String does.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (k *Kind) UnmarshalText(text []byte) error {
	i := slices.Index(kindNames[:], string(text))
	if i < 0 {
		return fmt.Errorf("there is no operation %q", text)
	}
	*k = Kind(i)
	return nil
}

// Op is one request, ready to be sent to any region.
type Op struct {
	Index uint64
	Class Class
	Kind  Kind
	Key   string
	By    int64 // what an Incr or a Decr moves the counter by

	Method, Path string
	Body         []byte
}

const (
	maxBy      = 10 // counters move by 1 to 10
	vocabulary = 32 // tags and prefs fields are drawn from as many names
	claimants  = 100
)

// write completes op as a write of its class.
func (w *Workload) write(op *Op, path string) {
	switch op.Class {
	case Counter:
		w.counter(op, path)
	case Profile:
		op.Kind, op.Method, op.Path = Put, "PUT", path
		op.Body = fmt.Appendf(nil, `{"name":"user %d","bio":"%016x%016x","revision":%d}`,
			w.rand.IntN(1_000_000), w.rand.Uint64(), w.rand.Uint64(), op.Index)
	case Tags:
		w.tags(op, path)
	case Prefs:
		op.Kind, op.Method, op.Path = Patch, "PATCH", path
		op.Body = w.patch(op.Index)
	case Handle:
		op.Kind, op.Method, op.Path = Claim, "PUT", path
		op.Body = fmt.Appendf(nil, `{"claimant":"user:%d"}`, w.rand.IntN(claimants))
	}
}

// counter makes four increments to one decrement.
func (w *Workload) counter(op *Op, path string) {
	op.Kind, op.Method, op.Path = Incr, "POST", path+"/incr"
	if w.rand.IntN(5) == 0 {
		op.Kind, op.Path = Decr, path+"/decr"
	}
	op.By = 1 + w.rand.Int64N(maxBy)
	op.Body = strconv.AppendInt([]byte(`{"by":`), op.By, 10)
	op.Body = append(op.Body, '}')
}

// tags makes three adds to one remove, which often finds nothing to remove.
func (w *Workload) tags(op *Op, path string) {
	op.Kind, op.Method, op.Path = Add, "POST", path+"/add"
	if w.rand.IntN(4) == 0 {
		op.Kind, op.Path = Remove, path+"/remove"
	}
	op.Body = fmt.Appendf(nil, `{"tag":"tag-%d"}`, w.rand.IntN(vocabulary))
}

// patch sets one field to a value of its own, or removes it one time in eight.
func (w *Workload) patch(i uint64) []byte {
	field := w.rand.IntN(vocabulary)
	if w.rand.IntN(8) == 0 {
		return fmt.Appendf(nil, `{"field-%d":null}`, field)
	}
	return fmt.Appendf(nil, `{"field-%d":"value-%d"}`, field, i)
}
