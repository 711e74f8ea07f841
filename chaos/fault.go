package chaos

import (
	"context"
	"fmt"
)

// Fault is one thing that can be wrong, and the way back from it.
type Fault struct {
	Name   string // as on the command line: "partition us>eu"
	Inject func(context.Context) error
	Heal   func(context.Context) error

	Broken string // what is true once it is injected
	Whole  string // what is true once it is healed
	Cure   string // the command that heals it: "heal us eu"
	Slow   bool   // healing it waits until a part serves, which needs links
}

// Act is one command, read and checked: it breaks something, or mends it.
type Act struct {
	Do   func(context.Context) error
	Says string                      // what is true once it is done
	Undo func(context.Context) error // of what it breaks; nil if it mends
	Cure string                      // the command that does the same as Undo, or more
	Slow bool                        // Undo waits until a part serves, which needs links
}

// Break is the act that injects f.
func (f Fault) Break() Act {
	return Act{Do: f.Inject, Says: f.Broken, Undo: f.Heal, Cure: f.Cure, Slow: f.Slow}
}

// Mend is the act that heals f.
func (f Fault) Mend() Act { return Act{Do: f.Heal, Says: f.Whole} }

// Misuse is a request that cannot be meant. Its text says what is possible.
type Misuse struct{ Text string }

func (m *Misuse) Error() string { return m.Text }

func misuse(format string, args ...any) error {
	return &Misuse{Text: fmt.Sprintf(format, args...)}
}
