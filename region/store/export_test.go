package store

import (
	"context"

	"pangea/region/state"
)

// FillFromDatabase is Fill by a session that remembers nothing.
func (w *Session) FillFromDatabase(ctx context.Context, rows *state.Rows) error {
	remembered := w.hot
	defer func() { w.hot = remembered }()
	w.hot = newHotRows()
	return w.Fill(ctx, rows)
}
