package router

import (
	"testing"
	"time"
)

func TestChoose(t *testing.T) {
	up, down, held := view{ready: true}, view{}, view{ready: true, held: true}
	drained := view{ready: true, drained: true}
	far, near := view{ready: true, cost: 9}, view{ready: true, cost: 2}
	for name, c := range map[string]struct {
		regions []view
		tried   []int
		want    int
	}{
		"nearest of all":               {[]view{up, up, up}, nil, 0},
		"next when nearest is down":    {[]view{down, up, up}, nil, 1},
		"next when nearest is held":    {[]view{held, up, up}, nil, 1},
		"held rather than none":        {[]view{held, down, down}, nil, 0},
		"nearest of the held":          {[]view{down, held, held}, nil, 1},
		"far before held":              {[]view{held, down, up}, nil, 2},
		"tried is passed over":         {[]view{up, up, up}, []int{0}, 1},
		"tried twice":                  {[]view{up, up, up}, []int{1, 0}, 2},
		"held after the tried":         {[]view{up, held, down}, []int{0}, 1},
		"down and held is down":        {[]view{{held: true}, down}, nil, -1},
		"none ready":                   {[]view{down, down, down}, nil, -1},
		"none left":                    {[]view{up, down, down}, []int{0}, -1},
		"nearest by cost":              {[]view{far, near, up}, []int{2}, 1},
		"held, however near":           {[]view{far, {ready: true, held: true, cost: 1}}, nil, 0},
		"nearest by cost of the held":  {[]view{held, {ready: true, held: true, cost: -1}}, nil, 1},
		"not the drained":              {[]view{drained, far, near}, nil, 2},
		"drained rather than held":     {[]view{held, drained, down}, nil, 1},
		"drained rather than none":     {[]view{drained, down, down}, nil, 0},
		"drained and held comes last":  {[]view{{ready: true, drained: true, held: true}, drained, down}, nil, 1},
		"a world of no other region":   {[]view{up}, nil, 0},
		"a world before its first day": {nil, nil, -1},
	} {
		if got := choose(c.regions, c.tried); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

func TestMayRepeat(t *testing.T) {
	const always, once, never = "always", "once", "never"
	for _, c := range []struct {
		o            outcome
		reads, other string
	}{
		{refused, always, always},
		{notReady, always, always},
		{behind, once, once},
		{unavailable, once, once},
		{uncertain, once, never},
		{broken, always, never},
		{gone, never, never},
		{answered, never, never},
	} {
		for safe, want := range map[bool]string{true: c.reads, false: c.other} {
			got := never
			if mayRepeat(c.o, safe, 0) {
				got = once
			}
			if mayRepeat(c.o, safe, 1) {
				got = always
			}
			if got != want {
				t.Errorf("%s, safe %v: got %s, want %s", c.o, safe, got, want)
			}
		}
	}
	for method, want := range map[string]bool{"GET": true, "HEAD": true, "POST": false, "PUT": false, "DELETE": false, "PATCH": false} {
		if got := isSafe(method); got != want {
			t.Errorf("isSafe(%s) = %v", method, got)
		}
	}
}

// Each letter is a check and its want: lower case for not ready, upper case for ready.
// g is good, u unanswered, d denied; fall is 2, rise 3.
func TestHealth(t *testing.T) {
	for name, checks := range map[string]string{
		"first good check is believed":     "G",
		"first bad check is believed":      "u",
		"denied once":                      "GGd",
		"silence once is forgiven":         "GUG",
		"silence twice is not":             "GUu",
		"forgiveness starts anew":          "GUGUGUu",
		"back after three good ones":       "dggG",
		"the three are in a row":           "dggdgguggG",
		"silence after a return counts up": "dggGUu",
	} {
		var h health
		for i, c := range checks {
			v := map[rune]verdict{'g': good, 'G': good, 'u': unanswered, 'U': unanswered, 'd': denied}[c]
			h = h.after(v, "why", time.Unix(int64(i+1), 0), 2, 3)
			if want := c < 'a'; h.ready != want {
				t.Errorf("%s: ready %v after %s", name, h.ready, checks[:i+1])
			}
			if h.ready != (h.reason == "") {
				t.Errorf("%s: ready %v, reason %q", name, h.ready, h.reason)
			}
		}
	}
	h := health{}
	for i, v := range []verdict{good, denied, good, good, good} {
		h = h.after(v, "why", time.Unix(int64(i), 0), 2, 3)
	}
	if want := time.Unix(2, 0); !h.risingSince.Equal(want) {
		t.Errorf("rising since %v, want the first good check after the failure, at %v", h.risingSince, want)
	}
}
