package audit

import "fmt"

// judgeRegister: what is shown is a write, or nothing, that no write which the vector claims
// had seen. Writes that had not seen each other may win or lose: that is for the stamps.
func (c *cell) judgeRegister(v view) *fault {
	var wrong *fault
	for i := len(c.writes) - 1; i >= 0; i-- { // mostly it is one of the last
		w := c.writes[i]
		if w.sets != v.set || v.set && w.value != v.value || !w.sets && !c.hadAnEffect(w) {
			continue
		}
		f := c.explains(w, v)
		if f == nil {
			return nil
		}
		if wrong == nil || wrong.early {
			wrong = f
		}
	}
	switch {
	case v.set && wrong == nil:
		return &fault{text: fmt.Sprintf("shows %s, which nobody wrote", v.value)}
	case v.set:
		return wrong
	}
	return c.judgeEmpty(v, wrong)
}

// explains returns nil if w may be what is shown.
func (c *cell) explains(w *write, v view) *fault {
	if w.Start >= v.until {
		return &fault{early: true, text: fmt.Sprintf("shows %s before that was sent", w.what()), proof: []*operation{w.operation}}
	}
	if w.open() {
		return nil
	}
	replacing := (*write).isSet // of two removals either explains that nothing is shown
	if w.sets {
		replacing = anyWrite
	}
	for origin := range c.logs {
		if later := c.latest(origin, v.claim, replacing); later != nil && later.mustHaveSeen(w) {
			return &fault{
				text:  fmt.Sprintf("shows %s, though the %s that it claims to have seen had replaced that", w.what(), later.Kind),
				proof: []*operation{w.operation, later.operation},
			}
		}
	}
	return nil
}

func (w *write) what() string {
	if w.sets {
		return w.value
	}
	return "nothing"
}

// judgeEmpty is of a cell that is shown without a value, which no removal explains: wrong
// says why, if there was one. It may never have had a value.
func (c *cell) judgeEmpty(v view, wrong *fault) *fault {
	for origin := range c.logs {
		if w := c.latest(origin, v.claim, (*write).isSet); w != nil {
			if wrong != nil {
				return wrong
			}
			return &fault{text: "does not show what it claims to have seen: the write is lost", proof: []*operation{w.operation}}
		}
	}
	return nil
}

// hadAnEffect reports whether a removal may have found something to remove.
func (c *cell) hadAnEffect(removal *write) bool {
	for _, w := range c.writes {
		if !w.sets || w.Start >= removal.End && !removal.open() {
			continue
		}
		if w.open() || removal.open() || removal.mayHaveSeen(w) {
			return true
		}
	}
	return false
}
