package history

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"pangea/gen/client"
	"pangea/region"
)

// Region is a region to be asked.
type Region struct {
	Name string
	*client.Client
}

// mark is the profile by which a history is known to be of a stack.
type mark struct {
	Run string `json:"run"`
}

func markPath(prefix string) string { return "/profile/" + url.PathEscape(prefix+"history") }

// LeaveMark writes the name of a run into the stack, beside the keys that it is going to
// write. It is refused if a recorded run wrote such keys before: nobody could tell the
// writes of the two apart. Other runs leave no mark: who records has keys of its own.
func LeaveMark(regions []Region, prefix, run string) error {
	for _, r := range regions {
		found, err := ReadMark(r, prefix)
		if err != nil {
			return err
		}
		if found != "" {
			return fmt.Errorf("the keys %s… were written by a recorded run before: take another -seed or -prefix, or empty the stack with `go tool task clean`", prefix)
		}
	}
	body, err := json.Marshal(mark{run})
	if err != nil {
		return err
	}
	first := regions[0]
	answer, err := first.Do(client.Request{Method: http.MethodPut, Path: markPath(prefix), Body: body, Ack: "peer"}, nil)
	if err != nil {
		return fmt.Errorf("mark the stack at %s: %w", first.Name, err)
	}
	if answer.Status != http.StatusOK {
		return fmt.Errorf("mark the stack: %s answered %d to a write with X-Ack: peer: look with `go tool task chaos -- status`", first.Name, answer.Status)
	}
	return nil
}

// ReadMark returns the run whose mark the region shows, or "".
func ReadMark(r Region, prefix string) (run string, err error) {
	var body bytes.Buffer
	answer, err := r.Do(client.Request{Method: http.MethodGet, Path: markPath(prefix)}, &body)
	switch {
	case err != nil:
		return "", fmt.Errorf("read the mark of a run from %s: %w", r.Name, err)
	case answer.Status == http.StatusNotFound:
		return "", nil
	case answer.Status != http.StatusOK:
		return "", fmt.Errorf("read the mark of a run: %s answers %d: look with `go tool task status`", r.Name, answer.Status)
	}
	var found struct{ Value mark }
	if err := json.Unmarshal(body.Bytes(), &found); err != nil || found.Value.Run == "" {
		return "", fmt.Errorf("read the mark of a run: %s shows %s", r.Name, bytes.TrimSpace(body.Bytes()))
	}
	return found.Value.Run, nil
}

// ReadLedger returns the books of a region (I9).
func ReadLedger(r Region) ([]region.LedgerRow, error) {
	var body bytes.Buffer
	answer, err := r.Do(client.Request{Method: http.MethodGet, Path: "/ledger"}, &body)
	if err != nil {
		return nil, fmt.Errorf("read the ledger of %s: %w", r.Name, err)
	}
	var books struct{ Ledger []region.LedgerRow }
	if err := json.Unmarshal(body.Bytes(), &books); err != nil || answer.Status != http.StatusOK {
		return nil, fmt.Errorf("read the ledger of %s: it answers %d: %.200s", r.Name, answer.Status, body.Bytes())
	}
	return books.Ledger, nil
}
