package region

import (
	"context"
	"log/slog"

	"pangea/crdt"
)

// Every line of every process names what it is about by the same attributes, so that one
// write can be followed through all regions by three of them:
//
//	region               whose process it is
//	peer                 the other region concerned
//	origin, epoch, seq   the entry; without seq the log

// LogAttr names a log in a line: origin=us epoch=1.
func LogAttr(o crdt.Origin) slog.Attr {
	return slog.Group("", slog.String("origin", o.Region), slog.Uint64("epoch", uint64(o.Epoch)))
}

// EntryAttr names an entry in a line: origin=us epoch=1 seq=7; nothing if it is not known
// whose.
func EntryAttr(o crdt.Origin, seq uint64) slog.Attr {
	if o == (crdt.Origin{}) {
		return slog.Attr{}
	}
	return slog.Group("", LogAttr(o), slog.Uint64("seq", seq))
}

// The stages of an entry, as Follow tells them.
const (
	Committed = "committed" // at its origin (I1)
	Shipped   = "shipped"   // to the origin's stream
	Received  = "received"  // by a peer, from a stream or from a holder's /log
	Merged    = "merged"    // into the peer's state, and so visible there
)

// Follow writes a line for each of some consecutive entries that have reached a stage, at
// level debug: there are as many as entries.
func Follow(l *slog.Logger, stage string, o crdt.Origin, first, last uint64, more ...slog.Attr) {
	if !l.Enabled(context.Background(), slog.LevelDebug) {
		return
	}
	for seq := first; seq <= last; seq++ {
		l.LogAttrs(context.Background(), slog.LevelDebug, stage, append([]slog.Attr{EntryAttr(o, seq)}, more...)...)
	}
}
