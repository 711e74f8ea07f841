package writer

import "context"

type joining struct{}

func (w *Writer) join(context.Context, *joining) error { return nil }
