package api

import (
	"bytes"
	"net/http"

	"pangea/region"
)

func (c *call) getProfile() error {
	c.at(c.api.Positions.Vector())
	value, ok, err := c.api.Reader.Profile(c.ctx, c.key)
	if err != nil {
		return err
	}
	if !ok {
		return absent.because("PUT a value first, or wait for the region that did with X-Min-Version-Vector.")
	}
	c.open("key", "value")
	c.out = append(c.out, value...)
	return c.finish(http.StatusOK)
}

func (c *call) putProfile() (err error) {
	if c.doc, err = document(c.doc, c.raw); err != nil {
		return err
	}
	if _, err := c.commit(region.Write{Op: region.PutProfile, Value: string(c.doc)}); err != nil {
		return err
	}
	c.open("key", "value")
	c.out = append(c.out, c.doc...)
	return c.finish(http.StatusOK)
}

func (c *call) getCounter() error {
	c.at(c.api.Positions.Vector())
	value, err := c.api.Reader.Counter(c.ctx, c.key)
	if err != nil {
		return err
	}
	return c.counter(value)
}

// addToCounter adds the body's amount, times sign.
func (c *call) addToCounter(sign int64) (err error) {
	var in input
	if len(bytes.TrimSpace(c.raw)) > 0 {
		if c.doc, err = document(c.doc, c.raw); err != nil {
			return err
		}
		if err = in.read(c.doc, byMember); err != nil {
			return err
		}
	}
	by, err := step(in.by)
	if err != nil {
		return err
	}
	result, err := c.commit(region.Write{Op: region.IncrCounter, By: sign * by})
	if err != nil {
		return err
	}
	return c.counter(result.Value)
}

func (c *call) counter(value string) error {
	c.open("key", "value")
	c.out = append(c.out, value...)
	return c.finish(http.StatusOK)
}

func (c *call) getTags() error {
	c.at(c.api.Positions.Vector())
	return c.tags()
}

func (c *call) changeTags(op region.Op) (err error) {
	if c.doc, err = document(c.doc, c.raw); err != nil {
		return err
	}
	var in input
	if err := in.read(c.doc, tagMember); err != nil {
		return err
	}
	tag, err := named("tag", in.tag)
	if err != nil {
		return err
	}
	if _, err := c.commit(region.Write{Op: op, Member: tag}); err != nil {
		return err
	}
	return c.afterCommit(c.tags())
}

// tags answers with what the set holds now, which is at least what c.version says.
func (c *call) tags() error {
	tags, err := c.api.Reader.Tags(c.ctx, c.key)
	if err != nil {
		return err
	}
	c.open("key", "tags")
	c.out = append(c.out, '[')
	for i, tag := range tags {
		if i > 0 {
			c.out = append(c.out, ',')
		}
		c.out = appendString(c.out, tag)
	}
	c.out = append(c.out, ']')
	return c.finish(http.StatusOK)
}

func (c *call) getPrefs() error {
	c.at(c.api.Positions.Vector())
	return c.prefs(true)
}

func (c *call) patchPrefs() (err error) {
	if c.doc, err = document(c.doc, c.raw); err != nil {
		return err
	}
	fields, err := patch(c.doc)
	if err != nil {
		return err
	}
	if _, err := c.commit(region.Write{Op: region.PatchPrefs, Fields: fields}); err != nil {
		return err
	}
	return c.afterCommit(c.prefs(false))
}

// prefs answers with the object as it is now, which is at least what c.version says.
// A patch may leave nothing behind, which is an empty object.
func (c *call) prefs(mustExist bool) error {
	fields, ok, err := c.api.Reader.Prefs(c.ctx, c.key)
	if err != nil {
		return err
	}
	if !ok && mustExist {
		return absent.because("PATCH a field first, or wait for the region that did with X-Min-Version-Vector.")
	}
	c.open("key", "value")
	c.out = append(c.out, '{')
	for i, f := range fields {
		if i > 0 {
			c.out = append(c.out, ',')
		}
		c.out = append(append(appendString(c.out, f.Name), ':'), f.Value...)
	}
	c.out = append(c.out, '}')
	return c.finish(http.StatusOK)
}

// afterCommit turns an error of reading back into what it means for the client: the
// write stands.
func (c *call) afterCommit(err error) error {
	if err == nil {
		return nil
	}
	return unknown.because("The write stands but could not be read back (%v): read the key.", err)
}
