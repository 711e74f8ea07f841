package console

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pangea/region/topology"
)

// TestHub_CutsOffWhoDoesNotKeepUp: nobody else waits for a slow watcher.
func TestHub_CutsOffWhoDoesNotKeepUp(t *testing.T) {
	h := newHub()
	_, slow, _ := h.join(0)
	_, quick, _ := h.join(0)
	for i := range maxUnread + 1 {
		h.publish(message{id: int64(i)})
		<-quick
	}
	read := 0
	for range slow {
		read++
	}
	if read != maxUnread {
		t.Errorf("the slow one was sent %d messages before it was cut off, want %d", read, maxUnread)
	}
	h.leave(slow)
	h.leave(quick)
	if h.watched() {
		t.Error("all have left, and it is still watched")
	}
}

func TestHub_KeepsABoundedPast(t *testing.T) {
	h := newHub()
	for i := range maxRecent + 10 {
		h.publish(message{id: int64(i), data: []byte("small")})
	}
	if missed, _, _ := h.join(-1); len(missed) != maxRecent || missed[0].id != 10 {
		t.Errorf("keeps %d from %d, want %d from 10", len(missed), missed[0].id, maxRecent)
	}
	large := bytes.Repeat([]byte("x"), maxRecentBytes/4)
	for i := range 10 {
		h.publish(message{id: int64(1000 + i), data: large})
	}
	if missed, _, _ := h.join(-1); len(missed) != 4 || missed[3].id != 1009 {
		t.Errorf("keeps %d large ones, want the last 4", len(missed))
	}
}

func TestWatch_RefusesOneTooMany(t *testing.T) {
	c, err := New(Config{}, &topology.Topology{Regions: []topology.Region{{Name: "us"}}})
	if err != nil {
		t.Fatal(err)
	}
	for range maxWatchers {
		if _, _, ok := c.hub.join(0); !ok {
			t.Fatal("refused before there are too many")
		}
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/console/events", nil))
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "too-many-watchers") {
		t.Errorf("got %d %s, want 503 too-many-watchers", w.Code, w.Body)
	}
}
