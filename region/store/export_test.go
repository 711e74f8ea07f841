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

// Setting is one of the writer's connection.
func (w *Session) Setting(ctx context.Context, name string) (value string, err error) {
	err = w.conn.QueryRow(ctx, "select current_setting($1)", name).Scan(&value)
	return value, err
}
