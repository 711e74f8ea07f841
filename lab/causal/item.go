package causal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"pangea/gen/client"
	"pangea/gen/workload"
)

// item is one write, to a key that nobody else writes: it is there, or it is not.
type item struct {
	class workload.Class
	key   string
}

// classes are those that every region may write. Profiles and counters are read from
// memory, the others from the database.
func classes() []workload.Class {
	return []workload.Class{workload.Profile, workload.Counter, workload.Tags, workload.Prefs}
}

func (i item) path() string { return "/" + i.class.String() + "/" + i.key }

func (i item) write() client.Request {
	switch i.class {
	case workload.Counter:
		return client.Request{Method: http.MethodPost, Path: i.path() + "/incr"}
	case workload.Tags:
		return client.Request{Method: http.MethodPost, Path: i.path() + "/add", Body: []byte(tag)}
	case workload.Prefs:
		return client.Request{Method: http.MethodPatch, Path: i.path(), Body: []byte(`{"field":true}`)}
	default:
		return client.Request{Method: http.MethodPut, Path: i.path(), Body: []byte(`true`)}
	}
}

// tag is the only one of every set.
const tag = `{"tag":"only"}`

// take is the removal of a tag.
func (i item) take() client.Request {
	return client.Request{Method: http.MethodPost, Path: i.path() + "/remove", Body: []byte(tag)}
}

// shown reports whether an answer to a read has the item.
func (i item) shown(status int, body []byte) (bool, error) {
	if status == http.StatusNotFound {
		return false, nil
	}
	var answer struct {
		Value json.RawMessage
		Tags  []string
	}
	if err := json.Unmarshal(body, &answer); err != nil || status != http.StatusOK {
		return false, fmt.Errorf("GET %s is answered %d: %s", i.path(), status, bytes.TrimSpace(body))
	}
	switch i.class {
	case workload.Counter:
		return string(answer.Value) != "0", nil
	case workload.Tags:
		return len(answer.Tags) > 0, nil
	default:
		return true, nil
	}
}
