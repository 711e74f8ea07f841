package applier

import (
	"errors"

	"pangea/region"
	"pangea/region/stream"
)

// Causes by which the end of a session is counted.
const (
	linkLost    = "link_lost"
	noHeartbeat = "no_heartbeat"
	deleted     = "consumer_deleted"
	noLog       = "no_log"
	ahead       = "ahead"
	behind      = "behind"
	stalled     = "stalled"
	overtaken   = "overtaken"
	gapped      = "gap"
	forked      = "fork"
	undecodable = "undecodable"
	foreign     = "foreign"
	refused     = "deliver"
	trimmed     = "trimmed"
	unread      = "log_read"
	other       = "other"
)

var (
	errDeliver = errors.New("deliver")
	errLogRead = errors.New("read the log")
	errStalled = errors.New("the stream does not send what it has")
	errBehind  = errors.New("the stream ends before the log does")
	// errOvertaken: a snapshot, or the relay, has brought more than the session.
	errOvertaken = errors.New("more is stored by now than was read")
	errQuiet     = errors.New("nothing has come for a while") // not an end
)

// stopError ends the reading of a log for long: a region's own record of an entry, not
// only a cache of it, cannot be continued with.
type stopError struct {
	error
	holder string // whose record
}

func (e *stopError) Unwrap() error { return e.error }

// cure says what a person has to do about it.
func (e *stopError) cure() string {
	switch {
	case errors.Is(e, region.ErrFork):
		return "one of the two databases was restored or copied: destroy the region that is wrong and start it empty"
	case errors.Is(e, region.ErrNewer):
		return "upgrade this region to the origin's version"
	default:
		return "the log in the database of " + e.holder + " is damaged: destroy that region and start it empty"
	}
}

// unusable reports whether err is about the content of an entry.
func unusable(err error) bool {
	return errors.Is(err, region.ErrFork) || errors.Is(err, region.ErrCorrupt) || errors.Is(err, region.ErrNewer)
}

func causeOf(err error) string {
	for _, c := range []struct {
		err   error
		cause string
	}{
		{stream.ErrLinkLost, linkLost},
		{stream.ErrHeartbeat, noHeartbeat},
		{stream.ErrDeleted, deleted},
		{stream.ErrNoLog, noLog},
		{stream.ErrAhead, ahead},
		{errBehind, behind},
		{errStalled, stalled},
		{errOvertaken, overtaken},
		{errGap, gapped},
		{region.ErrFork, forked},
		{region.ErrCorrupt, undecodable},
		{region.ErrNewer, undecodable},
		{errForeign, foreign},
		{errDeliver, refused},
		{region.ErrTrimmed, trimmed},
		{errLogRead, unread},
	} {
		if errors.Is(err, c.err) {
			return c.cause
		}
	}
	return other
}
