package loss

import (
	"fmt"
	"time"
)

// Acks is what a lost region had acknowledged of one kind before its loss, and what of it
// is gone.
type Acks struct {
	Given int           `json:"given"`
	Lost  int           `json:"lost"`
	Span  time.Duration `json:"span_ns"` // how long before the loss the oldest of the lost was acknowledged
}

func (a *Acks) add(lost bool, age time.Duration) {
	a.Given++
	if lost {
		a.Lost++
		a.Span = max(a.Span, age)
	}
}

// join adds those of another round or kind.
func (a *Acks) join(other Acks) {
	a.Given += other.Given
	a.Lost += other.Lost
	a.Span = max(a.Span, other.Span)
}

func (a Acks) String() string {
	if a.Lost == 0 {
		return fmt.Sprintf("0 of %d lost", a.Given)
	}
	return fmt.Sprintf("%d of %d lost, the oldest %d ms old", a.Lost, a.Given, a.Span.Milliseconds())
}

// acks are those of a kind, to be added to.
func (r *Round) acks(k Kind) *Acks {
	if r.Acks[k] == nil {
		r.Acks[k] = &Acks{}
	}
	return r.Acks[k]
}

// lost is what is gone in the round, of all kinds.
func (r *Round) lost() (sum Acks) {
	for _, a := range r.Acks {
		sum.join(*a)
	}
	return sum
}

// Of sums up kinds over all rounds.
func (f *Finding) Of(kinds ...Kind) (sum Acks) {
	for _, r := range f.Rounds {
		for _, k := range kinds {
			if a := r.Acks[k]; a != nil {
				sum.join(*a)
			}
		}
	}
	return sum
}

// Unanswered is how many writes of the probes may stand or not, in all rounds.
func (f *Finding) Unanswered() (n int) {
	for _, r := range f.Rounds {
		n += r.Unanswered
	}
	return n
}
