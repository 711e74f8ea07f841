package api

import (
	"math"
	"net/http"
	"net/url"
	"strconv"

	"pangea/region"
)

// Bounds of ?limit= of /conflicts.
const (
	defaultConflicts = 100
	maxConflicts     = 1000
)

// getConflicts pages through what was lost, the newest first: the next page is of those
// before the last one here.
func (c *call) getConflicts() error {
	query, err := c.query()
	if err != nil {
		return err
	}
	before, limit, err := c.conflictsPage(query)
	if err != nil {
		return err
	}
	c.at(c.api.Positions.Vector())
	conflicts, err := c.api.Books.Conflicts(c.ctx, before, limit)
	if err != nil {
		return err
	}
	return c.encode(struct {
		Region    string            `json:"region"`
		Vector    string            `json:"version_vector"`
		Conflicts []region.Conflict `json:"conflicts"`
	}{c.api.cfg.Region, c.version.value, append([]region.Conflict{}, conflicts...)})
}

func (c *call) conflictsPage(query url.Values) (before int64, limit int, err error) {
	before, limit = math.MaxInt64, defaultConflicts
	if query.Has("limit") {
		if limit, err = strconv.Atoi(query.Get("limit")); err != nil || limit < 1 || limit > maxConflicts {
			return 0, 0, malformed.because("Use a ?limit= from 1 to %d.", maxConflicts)
		}
	}
	if query.Has("before") {
		id, err := region.ParseConflictID(query.Get("before"))
		if err != nil || id.Region != c.api.cfg.Region {
			return 0, 0, malformed.because("Use the id of the last conflict of the page before, by the same region, as ?before=: this is %s.", c.api.cfg.Region)
		}
		before = id.Number
	}
	return before, limit, nil
}

// restoreConflict makes the write that lost once more, as a new one that has seen what it
// lost to.
func (c *call) restoreConflict() error {
	lost, err := c.conflict()
	if err != nil {
		return err
	}
	c.key = lost.Key
	switch lost.Class {
	case region.Profile.String():
		if _, err := c.commit(region.Write{Op: region.PutProfile, Value: string(lost.Lost.Value)}); err != nil {
			return err
		}
		c.open("key", "value")
		c.out = append(c.out, lost.Lost.Value...)
		return c.finish(http.StatusOK)
	case region.Prefs.String():
		field := region.Field{Name: lost.Field, Value: string(lost.Lost.Value)}
		if field.Null = field.Value == "null"; field.Null {
			field.Value = ""
		}
		if _, err := c.commit(region.Write{Op: region.PatchPrefs, Fields: []region.Field{field}}); err != nil {
			return err
		}
		return c.afterCommit(c.prefs(false))
	}
	return impossible.because("A lost claim of a %s is not made again: send the claim itself.", lost.Class)
}

// conflict is the one that the path names.
func (c *call) conflict() (region.Conflict, error) {
	id, err := region.ParseConflictID(c.key)
	if err != nil {
		return region.Conflict{}, malformed.because("Use the id of a conflict of GET /conflicts, such as us-17, not %.40q.", c.key)
	}
	if id.Region != c.api.cfg.Region {
		return region.Conflict{}, absent.because("Ask %s for its conflicts, this is %s.", id.Region, c.api.cfg.Region)
	}
	found, err := c.api.Books.Conflicts(c.ctx, id.Number+1, 1)
	if err != nil {
		return region.Conflict{}, err
	}
	if len(found) == 0 || found[0].ID != id {
		return region.Conflict{}, absent.because("Use an id of GET /conflicts of this region; the oldest are dropped, and each region has those of its own writes.")
	}
	return found[0], nil
}
