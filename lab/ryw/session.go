package ryw

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"pangea/gen/client"
	"pangea/region/topology"
)

const timeout = 10 * time.Second

// session is one client: it writes to one region and reads from one.
type session struct {
	home, away *client.Client
	key        string
	count      Count
	counted    int64 // increments that were answered
	sent       int64 // and those that may stand
	highest    int64 // that the counter was read at
}

func newSession(home, away topology.Region, key string) (*session, error) {
	s := &session{key: key}
	var err error
	if s.home, err = client.New("http://"+home.HTTP, timeout); err != nil {
		return nil, err
	}
	s.away, err = client.New("http://"+away.HTTP, timeout)
	return s, err
}

func (s *session) close() {
	s.home.Close()
	s.away.Close()
}

// step is one write, the path of its read, and whether an answer shows the write.
type step struct {
	write client.Request
	path  string
	shows func(answer) bool
}

// answer is what any class answers.
type answer struct {
	Value  json.RawMessage
	Tags   []string
	Vector string `json:"version_vector"`
}

// step is write i, of the classes in turn.
func (s *session) step(i int) step {
	token := fmt.Sprintf("%s-%d", s.key, i)
	switch i % 4 {
	case 0:
		path := "/profile/" + s.key
		return step{
			client.Request{Method: http.MethodPut, Path: path, Body: fmt.Appendf(nil, "%q", token)},
			path,
			func(a answer) bool { return string(a.Value) == fmt.Sprintf("%q", token) },
		}
	case 1:
		path := "/counter/" + s.key
		return step{client.Request{Method: http.MethodPost, Path: path + "/incr"}, path, s.showsCount}
	case 2:
		path := fmt.Sprintf("/tags/%s-%d", s.key, i/400) // sets stay small
		return step{
			client.Request{Method: http.MethodPost, Path: path + "/add", Body: fmt.Appendf(nil, `{"tag":%q}`, token)},
			path,
			func(a answer) bool { return slices.Contains(a.Tags, token) },
		}
	default:
		path := "/prefs/" + s.key
		return step{
			client.Request{Method: http.MethodPatch, Path: path, Body: fmt.Appendf(nil, `{"f":%q}`, token)},
			path,
			func(a answer) bool { return string(a.Value) == fmt.Sprintf(`{"f":%q}`, token) },
		}
	}
}

// showsCount compares the counter with the increments that were answered, and with what it
// was read at before.
func (s *session) showsCount(a answer) bool {
	var n int64
	_ = json.Unmarshal(a.Value, &n) // what is no number shows nothing
	if n < s.highest {
		s.count.Back++
	}
	s.highest = max(s.highest, n)
	return n >= s.counted && n <= s.sent
}

func (s *session) writeAndRead(i int, withVector bool) {
	step := s.step(i)
	if i%4 == 1 {
		s.sent++
	}
	status, told := ask(s.home, step.write)
	if status/100 != 2 {
		s.count.Failed++
		return
	}
	if i%4 == 1 {
		s.counted++
	}
	read := client.Request{Method: http.MethodGet, Path: step.path}
	if withVector {
		read.MinVector = told.Vector
	}
	switch status, found := ask(s.away, read); {
	case status == http.StatusServiceUnavailable:
		s.count.Refused++
	case status != http.StatusOK && status != http.StatusNotFound:
		s.count.Failed++
	default:
		s.count.Reads++
		if !step.shows(found) {
			s.count.Stale[i%4]++
		}
	}
}

// ask returns status 0 where there is no answer.
func ask(c *client.Client, r client.Request) (status int, a answer) {
	var body bytes.Buffer
	got, err := c.Do(r, &body)
	if err != nil || json.Unmarshal(body.Bytes(), &a) != nil {
		return 0, a
	}
	return got.Status, a
}
