package node

import (
	"context"
	"io"

	"pangea/region/snapshot"
	"pangea/region/store"
)

// donate sends the region's state to a peer that joins it.
func (n *Node) donate(ctx context.Context, _ string, w io.Writer) error {
	return n.store.Snapshot(ctx, func(s *store.Snapshot) error {
		return snapshot.Write(w, s.Header, s.Rows(), s.Waiting())
	})
}
