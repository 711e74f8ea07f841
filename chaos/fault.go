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
}

// Misuse is a request that cannot be meant. Its text says what is possible.
type Misuse struct{ Text string }

func (m *Misuse) Error() string { return m.Text }

func misuse(format string, args ...any) error {
	return &Misuse{Text: fmt.Sprintf(format, args...)}
}
