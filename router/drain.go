package router

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

const drainPath = "/router/drain/"

// serveDrain answers POST and DELETE of /router/drain/{region} with the router's status.
func (r *Router) serveDrain(w http.ResponseWriter, req *http.Request, name string) int {
	if req.Method != http.MethodPost && req.Method != http.MethodDelete {
		w.Header().Set("Allow", "POST, DELETE")
		_, status := r.fail(w, &problem{
			Type: "wrong-method", Status: http.StatusMethodNotAllowed,
			Detail: "POST drains a region, DELETE ends that. GET /router/status shows which are drained.",
		})
		return status
	}
	if err := r.origins.Check(req); err != nil {
		_, status := r.fail(w, &problem{
			Type: "cross-origin", Status: http.StatusForbidden,
			Detail: fmt.Sprintf("Send the request from a page of this host, or from a program: %v.", err),
		})
		return status
	}
	if problem := r.world.drain(name, req.Method == http.MethodPost); problem != nil {
		_, status := r.fail(w, problem)
		return status
	}
	writeJSON(w, r.world.status())
	return http.StatusOK
}

// drain passes a region over from now on, or no longer. Refused, it has changed nothing.
func (w *world) drain(name string, on bool) *problem {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.index(name)
	if i < 0 {
		return &problem{
			Type: "no-region", Status: http.StatusNotFound,
			Detail: fmt.Sprintf("There is no region %.20q: the regions are %s.", name, strings.Join(w.names(), ", ")),
		}
	}
	if on && !w.othersReady(i) {
		return &problem{
			Type: "last-region", Status: http.StatusConflict,
			Detail: "No other region can take the clients of " + name + ": each is drained or not ready. Let one of them serve first.",
		}
	}
	gauge := 0.0
	if on {
		gauge = 1
	}
	w.metrics.drained[i].Set(gauge)
	if r := w.regions[i]; r.drained != on {
		r.drained = on
		w.cfg.Log.Info("drain of a region", "region", name, "drained", on)
		w.elect(time.Now())
	}
	return nil
}

// othersReady reports whether a region other than i may take its clients.
func (w *world) othersReady(i int) bool {
	for j, r := range w.regions {
		if j != i && r.ready && !r.drained {
			return true
		}
	}
	return false
}

// index is -1 if there is no such region.
func (w *world) index(name string) int {
	for i, r := range w.regions {
		if r.name == name {
			return i
		}
	}
	return -1
}

func (w *world) names() []string {
	var names []string
	for _, r := range w.regions {
		names = append(names, r.name)
	}
	return names
}
