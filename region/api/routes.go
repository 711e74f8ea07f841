package api

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/valyala/fasthttp/fasthttpadaptor"

	"pangea/region"
)

// shape is what routes are told apart by: /root, /root/{key} or /root/{key}/action.
// Paths are not cleaned and nothing is redirected, as a key may be any text.
type shape struct {
	root     string
	segments int
	action   string
}

// resource is a path's operations, by method.
type resource struct {
	operations []*operation
	allow      string // the methods, for a 405
	unknown    *operation
}

// touch says what an operation may do, and so what is checked before it.
type touch uint8

const (
	nothing    touch = iota // always answered
	accounts                // reads the region's books: may wait for a vector
	readState               // also wants a ready region
	writeState              // also wants a request that may write
)

// operation is one method of one resource.
type operation struct {
	method string
	touch  touch
	handle func(*call) error
	class  region.Class // 0 if it has none
	limit  int          // of the body, in bytes
	seen   observer
}

// maxBody bounds a body, and a line of a batch.
const maxBody = 64 << 10

func (a *API) table(m *metrics) (map[shape]*resource, *resource) {
	read := func(class region.Class, handle func(*call) error) *operation {
		return &operation{method: http.MethodGet, touch: readState, handle: handle, class: class}
	}
	write := func(class region.Class, method string, handle func(*call) error) *operation {
		return &operation{method: method, touch: writeState, handle: handle, class: class, limit: maxBody}
	}
	get := func(t touch, handle func(*call) error) *operation {
		return &operation{method: http.MethodGet, touch: t, handle: handle}
	}
	incr := write(region.Counter, http.MethodPost, func(c *call) error { return c.addToCounter(1) })
	decr := write(region.Counter, http.MethodPost, func(c *call) error { return c.addToCounter(-1) })
	add := write(region.Tags, http.MethodPost, func(c *call) error { return c.changeTags(region.AddTag) })
	remove := write(region.Tags, http.MethodPost, func(c *call) error { return c.changeTags(region.RemoveTag) })
	batch := write(0, http.MethodPost, (*call).batch)
	batch.limit = maxBatch

	routes := map[shape]*resource{}
	at := func(s shape, operations ...*operation) { routes[s] = m.resource(s, operations) }
	at(shape{"profile", 2, ""}, read(region.Profile, (*call).getProfile), write(region.Profile, http.MethodPut, (*call).putProfile))
	at(shape{"counter", 2, ""}, read(region.Counter, (*call).getCounter))
	at(shape{"counter", 3, "incr"}, incr)
	at(shape{"counter", 3, "decr"}, decr)
	at(shape{"tags", 2, ""}, read(region.Tags, (*call).getTags))
	at(shape{"tags", 3, "add"}, add)
	at(shape{"tags", 3, "remove"}, remove)
	at(shape{"prefs", 2, ""}, read(region.Prefs, (*call).getPrefs), write(region.Prefs, http.MethodPatch, (*call).patchPrefs))
	at(shape{"handle", 2, ""}, read(region.Handle, (*call).getHandle),
		write(region.Handle, http.MethodPut, (*call).putHandle), write(region.Handle, http.MethodDelete, (*call).deleteHandle))
	at(shape{"batch", 1, ""}, batch)
	at(shape{"digest", 1, ""}, get(accounts, (*call).getDigest))
	at(shape{"ledger", 1, ""}, get(accounts, (*call).getLedger))
	at(shape{"conflicts", 1, ""}, get(accounts, (*call).getConflicts))
	at(shape{"conflicts", 3, "restore"}, write(0, http.MethodPost, (*call).restoreConflict))
	at(shape{"log", 2, ""}, get(nothing, (*call).getLog))
	at(shape{"snapshot", 1, ""}, get(nothing, (*call).getSnapshot))
	at(shape{"status", 1, ""}, get(nothing, (*call).getStatus))
	at(shape{"healthz", 1, ""}, get(nothing, (*call).getHealth))
	at(shape{"readyz", 1, ""}, get(nothing, (*call).getReady))
	at(shape{"metrics", 1, ""}, get(nothing, a.metricsPage()))
	return routes, m.resource(shape{root: "other"}, nil)
}

func (a *API) metricsPage() func(*call) error {
	page := fasthttpadaptor.NewFastHTTPHandler(promhttp.HandlerFor(a.cfg.Gatherer, promhttp.HandlerOpts{}))
	return func(c *call) error {
		if err := c.req.Request.CloseBodyStream(); err != nil { // the adapter would read all of it
			return unreadable(err)
		}
		page(c.req)
		return nil
	}
}

// route finds the operation and the key. With an error, the operation is one that
// only counts it.
func (c *call) route() (err error) {
	c.uri = string(c.req.Request.Header.RequestURI())
	path := pathOf(c.uri)
	s, key := split(path)
	found, ok := c.api.routes[s]
	if !ok {
		return noRoute.because("No route %s %.100q: see the routes in the manual.", c.method(), path)
	}
	if c.op = found.operation(c.req.Method()); c.op == nil {
		c.op = found.unknown
		c.req.Response.Header.Set("Allow", found.allow)
		return wrongMethod.because("Use %s here, not %.20q.", found.allow, c.method())
	}
	if s.segments == 1 {
		return nil
	}
	if c.key, err = url.PathUnescape(key); err != nil {
		return malformed.because("The path is not percent-encoded: write %% as %%25.")
	}
	return checkKey(c.key)
}

func (r *resource) operation(method []byte) *operation {
	head := string(method) == http.MethodHead
	for _, op := range r.operations {
		if op.method == string(method) || head && op.method == http.MethodGet {
			return op
		}
	}
	return nil
}

// pathOf is the path as the client wrote it, of /path?query or http://host/path?query.
func pathOf(uri string) string {
	path, _, _ := strings.Cut(uri, "?")
	if path[0] == '/' {
		return path
	}
	_, rest, _ := strings.Cut(path, "://")
	_, path, _ = strings.Cut(rest, "/")
	return "/" + path
}

// split cuts /root/key/action into its shape and its still encoded key. A path
// with more segments has a shape that no route has.
func split(path string) (shape, string) {
	root, rest, more := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !more {
		return shape{root: root, segments: 1}, ""
	}
	key, action, more := strings.Cut(rest, "/")
	if !more {
		return shape{root: root, segments: 2}, key
	}
	return shape{root: root, segments: 3, action: action}, key
}
