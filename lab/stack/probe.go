package stack

import (
	"context"

	"pangea/region/probe"
)

// answers is ready when url is answered with 200.
func answers(url string) func(context.Context) error {
	return func(ctx context.Context) error { return probe.Ask(ctx, url) }
}

// ask asks the part once.
func ask(ctx context.Context, p part) error {
	ctx, cancel := context.WithTimeout(ctx, probe.Within)
	defer cancel()
	return p.ready(ctx)
}
