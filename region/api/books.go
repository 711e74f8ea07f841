package api

import (
	"net/http"
	"net/url"
	"strconv"

	"pangea/region"
)

// getDigest answers for all classes, one class by bucket, or one bucket by key.
func (c *call) getDigest() error {
	query, err := c.query()
	if err != nil {
		return err
	}
	class, bucket, err := digestScope(query)
	if err != nil {
		return err
	}
	digest, err := c.api.Books.Digest(c.ctx, class, bucket)
	if err != nil {
		return err
	}
	if class == 0 {
		c.api.metrics.compared.last.Store(&digest)
	}
	c.version = &spelled{value: digest.Vector}
	return c.encode(digest)
}

func digestScope(query url.Values) (class region.Class, bucket int, err error) {
	if name := query.Get("class"); name != "" {
		if class = classNamed(name); class == 0 {
			return 0, 0, malformed.because("Use a ?class= of %v, not %.32q.", region.Classes(), name)
		}
	}
	if !query.Has("bucket") {
		return class, -1, nil
	}
	bucket, err = strconv.Atoi(query.Get("bucket"))
	if err != nil || bucket < 0 || bucket >= region.DigestBuckets || class == 0 {
		return 0, 0, malformed.because("Use ?class=…&bucket=N with N from 0 to %d.", region.DigestBuckets-1)
	}
	return class, bucket, nil
}

func classNamed(name string) region.Class {
	for _, class := range region.Classes() {
		if class.String() == name {
			return class
		}
	}
	return 0
}

func (c *call) getLedger() error {
	c.at(c.api.Positions.Vector())
	rows, err := c.api.Books.Ledger(c.ctx)
	if err != nil {
		return err
	}
	return c.encode(struct {
		Region string             `json:"region"`
		Vector string             `json:"version_vector"`
		Ledger []region.LedgerRow `json:"ledger"`
	}{c.api.cfg.Region, c.version.value, append([]region.LedgerRow{}, rows...)})
}

func (c *call) getStatus() error {
	status, err := c.api.Status(c.ctx)
	if err != nil {
		return err
	}
	c.version = &spelled{value: status.Vector}
	return c.encode(status)
}

func (c *call) getHealth() error {
	c.out = append(appendString(append(c.out, `{"region":`...), c.api.cfg.Region), `,"alive":true}`...)
	c.send(http.StatusOK, plainJSON)
	return nil
}

// getReady says whether clients may be sent here. A silent peer does not make the
// region unready (I13), but is named.
func (c *call) getReady() error {
	silent := []string{}
	for _, peer := range c.api.peers {
		if !c.api.Positions.Reachable(peer) {
			silent = append(silent, peer)
		}
	}
	ok, reason := c.api.Positions.Ready()
	if !ok {
		return notReady.because("Try another region, or this one later: %s (silent peers: %v).", reason, silent)
	}
	return c.encode(struct {
		Region   string   `json:"region"`
		Ready    bool     `json:"ready"`
		Isolated bool     `json:"isolated"` // no peer is heard of
		Silent   []string `json:"silent"`
	}{c.api.cfg.Region, true, len(silent) > 0 && len(silent) == len(c.api.peers), silent})
}
