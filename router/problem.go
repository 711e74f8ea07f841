package router

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// problem is an RFC 9457 answer. Its Detail says what to do.
type problem struct {
	Type   string `json:"type"` // its last element is a name that clients may rely on
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

func (p problem) write(w http.ResponseWriter) {
	p.Type, p.Title = "/problems/"+p.Type, http.StatusText(p.Status)
	body, err := json.Marshal(p)
	if err != nil {
		panic(err) // a struct of strings and a number
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if p.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1")
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // a client that is gone needs no answer
}

// problemName is the last element of a problem's type, such as not-ready.
func problemName(body []byte) string {
	var p problem
	if json.Unmarshal(body, &p) != nil {
		return ""
	}
	return p.Type[strings.LastIndexAny(p.Type, "/:#")+1:]
}
