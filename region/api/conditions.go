package api

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"pangea/crdt"
	"pangea/region"
)

// conditions are what a request's headers ask for besides the operation itself.
type conditions struct {
	min       crdt.Vector // nil if none
	ack       ack
	wait      time.Duration // by Prefer; valid if preferred
	preferred bool
	once      region.Idempotency
}

// Waits by default, and the most that Prefer: wait can ask for.
const (
	defaultVectorWait = time.Second
	defaultAckWait    = 2 * time.Second
	maxWait           = 30 * time.Second
)

// ack says who must have stored a write before it is answered.
type ack uint8

const (
	ackDefault ack = iota // local, but a peer for handles
	ackLocal
	ackPeer
	ackAll
)

// elsewhere reports whether a local write waits for peers.
func (a ack) elsewhere() bool { return a >= ackPeer }

func (c *conditions) vectorWait() time.Duration { return c.waitOr(defaultVectorWait) }

func (c *conditions) ackWait() time.Duration { return c.waitOr(defaultAckWait) }

func (c *conditions) waitOr(d time.Duration) time.Duration {
	if c.preferred {
		return c.wait
	}
	return d
}

// patience is how long the request may wait in all.
func (c *conditions) patience() time.Duration {
	d := c.ackWait()
	if c.min != nil {
		d += c.vectorWait()
	}
	return d
}

func (c *call) parseConditions(write bool) (err error) {
	head := &c.req.Request.Header
	if values := head.PeekAll("X-Min-Version-Vector"); len(values) > 0 {
		if c.cond.min, err = c.parseVector(joined(values)); err != nil {
			return err
		}
	}
	if values := head.PeekAll("X-Ack"); len(values) > 0 {
		if c.cond.ack, err = parseAck(string(values[0])); err != nil {
			return err
		}
	}
	if values := head.PeekAll("Prefer"); len(values) > 0 {
		if err = c.cond.prefer(joined(values)); err != nil {
			return err
		}
	}
	if values := head.PeekAll("Idempotency-Key"); len(values) > 0 && write {
		if c.cond.once.Key = string(values[0]); !isText(c.cond.once.Key) {
			return malformed.because("Send an Idempotency-Key of 1 to %d bytes of UTF-8 without control characters.", maxText)
		}
	}
	return nil
}

// joined is a list that may be sent in several headers.
func joined(values [][]byte) string { return string(bytes.Join(values, []byte{','})) }

func (c *call) parseVector(s string) (crdt.Vector, error) {
	v, err := crdt.ParseVector(s)
	if err != nil {
		return nil, malformed.because("Send X-Min-Version-Vector as an earlier X-Version-Vector read: %v.", err)
	}
	for origin := range v {
		if !c.api.knows(origin.Region) {
			return nil, malformed.because("Send X-Min-Version-Vector as an earlier X-Version-Vector read: there is no region %.32q.", origin.Region)
		}
	}
	return v, nil
}

func parseAck(s string) (ack, error) {
	switch s {
	case "local":
		return ackLocal, nil
	case "peer":
		return ackPeer, nil
	case "all":
		return ackAll, nil
	}
	return 0, malformed.because("Send X-Ack as local, peer or all, not %.32q.", s)
}

// prefer reads the wait preference of RFC 7240 and ignores the others. The first
// one counts.
func (c *conditions) prefer(s string) error {
	for preference := range strings.SplitSeq(s, ",") {
		preference, _, _ = strings.Cut(preference, ";")
		name, value, _ := strings.Cut(preference, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "wait") || c.preferred {
			continue
		}
		seconds, err := strconv.ParseUint(strings.Trim(strings.TrimSpace(value), `"`), 10, 31)
		if err != nil {
			return malformed.because("Send Prefer: wait=N with a whole number of seconds, not %.32q.", value)
		}
		c.preferred, c.wait = true, min(time.Duration(seconds)*time.Second, maxWait)
	}
	return nil
}
