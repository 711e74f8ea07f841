package measure

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"pangea/gen/client"
	"pangea/gen/workload"
)

// Outcome is what a client knows after one request.
type Outcome uint8

const (
	OK          Outcome = iota // it did what it says
	Refused                    // 4xx: it had no effect, and never will
	Unavailable                // 503, or no connection: it had no effect
	Unanswered                 // 504, any other 5xx, cut or timed out: it may stand
	outcomes
)

var outcomeNames = [outcomes]string{"ok", "refused", "unavailable", "unanswered"}

func (o Outcome) String() string { return outcomeNames[o] }

// MarshalText writes the outcome as a word.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (o *Outcome) UnmarshalText(text []byte) error {
	i := slices.Index(outcomeNames[:], string(text))
	if i < 0 {
		return fmt.Errorf("unknown outcome %q: the outcomes are %s", text, strings.Join(outcomeNames[:], ", "))
	}
	*o = Outcome(i)
	return nil
}

// OutcomeOf classifies an answer, or the error instead of one. A read of what
// is absent and a claim on what is taken are good answers.
func OutcomeOf(kind workload.Kind, status int, err error) Outcome {
	switch {
	case errors.Is(err, client.ErrNotSent):
		return Unavailable
	case err != nil:
		return Unanswered
	case status >= 200 && status < 300,
		status == http.StatusNotFound && kind == workload.Read,
		status == http.StatusConflict && kind == workload.Claim:
		return OK
	case status >= 300 && status < 500:
		return Refused
	case status == http.StatusServiceUnavailable:
		return Unavailable
	}
	return Unanswered
}
