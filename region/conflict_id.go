package region

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ConflictID names a recorded conflict, in text as us-17: each region counts its own, and
// another one's 17 is another conflict.
type ConflictID struct {
	Region string
	Number int64 // from 1, and below math.MaxInt64
}

// String is what ParseConflictID reads.
func (id ConflictID) String() string { return fmt.Sprintf("%s-%d", id.Region, id.Number) }

// MarshalText implements encoding.TextMarshaler.
func (id ConflictID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (id *ConflictID) UnmarshalText(text []byte) (err error) {
	*id, err = ParseConflictID(string(text))
	return err
}

// ParseConflictID reads the text form.
func ParseConflictID(text string) (ConflictID, error) {
	at := max(strings.LastIndexByte(text, '-'), 0)
	n, err := strconv.ParseInt(strings.TrimPrefix(text[at:], "-"), 10, 64)
	if err != nil || at == 0 || n < 1 || n == math.MaxInt64 {
		return ConflictID{}, fmt.Errorf("%.40q is no id of a conflict, such as us-17", text)
	}
	return ConflictID{text[:at], n}, nil
}
