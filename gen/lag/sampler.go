package lag

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"pangea/gen/client"
)

const (
	every   = time.Second
	timeout = 900 * time.Millisecond // an answer later than the next question is worthless
)

// behind is one sample: how far a region is behind one log.
type behind struct {
	Entries uint64  `json:"entries"`
	Writes  uint64  `json:"writes"`
	Seconds float64 `json:"seconds"`
}

// link is one log on its way to one region.
type link struct{ origin, region string }

// Sampler collects samples while Run runs.
type Sampler struct {
	regions map[string]*client.Client

	mu      sync.Mutex
	samples map[link][]behind
}

// New returns a Sampler of the regions, whose base URLs it takes by name.
func New(regions map[string]string) (*Sampler, error) {
	s := &Sampler{regions: map[string]*client.Client{}, samples: map[link][]behind{}}
	for name, url := range regions {
		c, err := client.New(url, timeout)
		if err != nil {
			return nil, err
		}
		s.regions[name] = c
	}
	return s, nil
}

// Run samples until ctx is done.
func (s *Sampler) Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			for _, c := range s.regions {
				c.Close()
			}
			return
		case <-tick.C:
			s.sample()
		}
	}
}

// sample asks all regions at once, so that one that hangs delays no other.
func (s *Sampler) sample() {
	var wg sync.WaitGroup
	for region, c := range s.regions {
		wg.Go(func() {
			lags, err := ask(c)
			if err != nil {
				return
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			for origin, b := range lags {
				if l := (link{origin, region}); origin != region {
					s.samples[l] = append(s.samples[l], b)
				}
			}
		})
	}
	wg.Wait()
}

func ask(c *client.Client) (map[string]behind, error) {
	var body bytes.Buffer
	answer, err := c.Do(client.Request{Method: http.MethodGet, Path: "/status"}, &body)
	if err != nil {
		return nil, err
	}
	if answer.Status != http.StatusOK {
		return nil, fmt.Errorf("/status answered %d", answer.Status)
	}
	var status struct {
		Lag map[string]behind `json:"lag"`
	}
	if err := json.Unmarshal(body.Bytes(), &status); err != nil {
		return nil, fmt.Errorf("decode /status: %w", err)
	}
	return status.Lag, nil
}
