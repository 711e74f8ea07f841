package audit

// judgeTag: a tag is shown if some add is left that no removal had seen, and only then.
func (c *cell) judgeTag(v view) *fault {
	if v.set {
		return c.judgePresent(v)
	}
	for origin := range c.logs {
		// Of a log, the last add that must be seen decides: it replaced those before it.
		if add := c.latest(origin, v.claim, (*write).isSet); add != nil && !c.mayBeRemoved(add, v) {
			return &fault{text: "does not show a tag that it claims to have seen, and that nobody removed: the add is lost", proof: []*operation{add.operation}}
		}
	}
	return nil
}

func (c *cell) judgePresent(v view) *fault {
	var wrong *fault
	for i := len(c.writes) - 1; i >= 0; i-- {
		add := c.writes[i]
		switch {
		case !add.sets:
			continue
		case add.Start >= v.until:
			if wrong == nil {
				wrong = &fault{early: true, text: "shows a tag before it was added", proof: []*operation{add.operation}}
			}
			continue
		case add.open():
			return nil
		}
		removal := c.removedBy(add, v)
		if removal == nil {
			return nil
		}
		if wrong == nil || wrong.early {
			wrong = &fault{
				text:  "shows a tag, though it claims to have seen that every add of it was removed: it is back",
				proof: []*operation{add.operation, removal.operation},
			}
		}
	}
	if wrong == nil {
		return &fault{text: "shows a tag that nobody added"}
	}
	return wrong
}

// removedBy is a removal that must be seen, and that had seen the add; nil if there is none.
func (c *cell) removedBy(add *write, v view) *write {
	for origin := range c.logs {
		if r := c.latest(origin, v.claim, (*write).isRemoval); r != nil && r.mustHaveSeen(add) {
			return r
		}
	}
	return nil
}

// mayBeRemoved reports whether a removal may have seen the add.
func (c *cell) mayBeRemoved(add *write, v view) bool {
	for _, r := range c.writes {
		if !r.sets && r.Start < v.until && (r.open() || r.mayHaveSeen(add)) {
			return true
		}
	}
	return false
}
