package chaos

import (
	"context"
	"fmt"
	"strings"

	"github.com/dustin/go-humanize"
)

// Bandwidth bounds what every connection carries between two regions ("us eu 512KB/s"),
// from one to the other ("us>eu 512KB/s"), or of a region ("eu 512KB/s"). Healing it ends
// the limit both ways.
func (w *World) Bandwidth(words []string) (Fault, error) {
	if len(words) < 2 {
		return Fault{}, misuse("name a pair of %s and a rate, such as %s %s 512KB/s, or reset",
			names(w.Topology), w.Topology.Names()[0], w.Topology.Names()[1])
	}
	last := len(words) - 1
	e, err := parseExtent(w.Topology, words[:last])
	if err != nil {
		return Fault{}, err
	}
	rate, err := parseRate(words[last])
	if err != nil {
		return Fault{}, err
	}
	set := func(ctx context.Context, rate int64, p pair) error {
		return w.Network.Limit(ctx, p.a, p.b, p.direction(), rate)
	}
	a, b := e.sides()
	broken := fmt.Sprintf("each connection between %s and %s carries at most %s", a, b, showRate(rate))
	if e.oneWay() {
		broken = fmt.Sprintf("each connection carries at most %s from %s to %s", showRate(rate), a, b)
	}
	return Fault{
		Name:   fmt.Sprintf("bandwidth %s %s", e, showRate(rate)),
		Inject: func(ctx context.Context) error { return e.each(func(p pair) error { return set(ctx, rate, p) }) },
		Heal: func(ctx context.Context) error {
			return e.each(func(p pair) error { return set(ctx, 0, pair{a: p.a, b: p.b}) })
		},
		Broken: broken,
		Whole:  fmt.Sprintf("no connection between %s and %s has a limit", a, b),
		Cure:   "heal " + e.ends(),
	}, nil
}

// parseRate is in kilobytes a second.
func parseRate(word string) (int64, error) {
	size, perSecond := strings.CutSuffix(word, "/s")
	bytes, err := humanize.ParseBytes(size)
	if err != nil || !perSecond || bytes < 1000 || bytes > 1e12 {
		return 0, misuse("%q is no rate: write 512KB/s or 2MB/s, from 1KB/s on", word)
	}
	return int64(bytes / 1000), nil
}

func showRate(kilobytes int64) string {
	if kilobytes%1000 == 0 {
		return fmt.Sprintf("%dMB/s", kilobytes/1000)
	}
	return fmt.Sprintf("%dKB/s", kilobytes)
}
