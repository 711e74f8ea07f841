package node

import (
	"context"
	"io"

	"pangea/region/snapshot"
	"pangea/region/store"
)

// donate sends the region's state to a peer that joins it. From here on the peer holds
// the logs back, or what comes after the snapshot might be gone before it is read (I4).
func (n *Node) donate(ctx context.Context, peer string, w io.Writer) error {
	n.tracker.SetRegistered(peer, true)
	return n.store.Snapshot(ctx, func(s *store.Snapshot) error {
		return snapshot.Write(w, s.Header, s.Rows(), s.Waiting())
	})
}
