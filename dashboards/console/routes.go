package console

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"strconv"
	"time"
)

// page is what is served as it is written; dist what Node makes of charts/, if it was
// there at the build.
//
//go:embed page all:dist
var files embed.FS

// built reports whether the charts are in this program.
func built() bool {
	_, err := fs.Stat(files, "dist/charts.js")
	return err == nil
}

// policy lets the page load and reach nothing but this router.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (c *Console) mux() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /console", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "page/console.html") })
	mux.Handle("GET /console/page/", http.StripPrefix("/console", http.FileServerFS(onlyFiles{files})))
	mux.Handle("GET /console/dist/", http.StripPrefix("/console", http.FileServerFS(onlyFiles{files})))
	mux.HandleFunc("GET /console/events", c.watch)
	if c.cfg.Chaos != "" {
		mux.Handle("POST /console/faults", guard(http.HandlerFunc(c.fault)))
	}
	mux.HandleFunc("/console", c.other)
	mux.HandleFunc("/console/", c.other)
	return mux
}

// other answers what is not a route of the console.
func (c *Console) other(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/console/faults" && r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed, "wrong-method", "The console's page is only read. Use GET.")
		return
	}
	if r.URL.Path == "/console/faults" && c.cfg.Chaos != "" {
		w.Header().Set("Allow", "POST")
		refuse(w, http.StatusMethodNotAllowed, "wrong-method", "A fault is done by POST.")
		return
	}
	refuse(w, http.StatusNotFound, "no-route", "The console has /console and /console/events, and on a local stack POST /console/faults.")
}

// onlyFiles are those without lists of directories.
type onlyFiles struct{ fs.FS }

func (f onlyFiles) Open(name string) (fs.File, error) {
	if info, err := fs.Stat(f.FS, name); err == nil && info.IsDir() {
		return nil, fs.ErrNotExist
	}
	return f.FS.Open(name)
}

// ServeHTTP answers /console and all below it.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
	c.routes.ServeHTTP(w, r)
}

// watch streams the world and then a snapshot each second, as server-sent events.
func (c *Console) watch(w http.ResponseWriter, r *http.Request) {
	last, _ := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	missed, next, ok := c.hub.join(last)
	if !ok {
		refuse(w, http.StatusServiceUnavailable, "too-many-watchers", fmt.Sprintf("The router stops, or %d pages watch already: close one.", maxWatchers))
		return
	}
	defer c.hub.leave(next)
	world, err := json.Marshal(c.world())
	if err != nil {
		panic(err) // a struct of strings and numbers
	}
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	send := func(format string, args ...any) bool {
		_ = out.SetWriteDeadline(time.Now().Add(sendTimeout)) // each message has its own; a writer without deadlines needs none
		_, err := fmt.Fprintf(w, format, args...)
		return err == nil && out.Flush() == nil
	}
	ok = send("event: world\ndata: %s\n\n", world)
	for _, m := range missed {
		ok = ok && send("id: %d\nevent: snapshot\ndata: %s\n\n", m.id, m.data)
	}
	for ok {
		select {
		case m, more := <-next:
			ok = more && send("id: %d\nevent: snapshot\ndata: %s\n\n", m.id, m.data)
		case <-r.Context().Done():
			return
		}
	}
}

// sendTimeout is how long a watcher may take to read one message.
const sendTimeout = 10 * time.Second

// refuse answers with a problem (RFC 9457), whose detail says what to do.
func refuse(w http.ResponseWriter, status int, name, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{ // who is gone needs no answer
		"type": "/problems/" + name, "title": http.StatusText(status), "status": status, "detail": detail,
	})
}
