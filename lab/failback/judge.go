package failback

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"sync"

	"golang.org/x/sync/errgroup"

	"pangea/gen/client"
	"pangea/gen/workload"
)

// examples bounds the flaws that are written out.
const examples = 10

// judge reads every changed subject in every region, and counts the flaws.
func (m *measurement) judge(ctx context.Context) error {
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(sendersOf)
	for _, s := range m.changed() {
		for name := range m.regions {
			group.Go(func() error {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				flaws, err := m.flaws(name, s)
				mu.Lock()
				defer mu.Unlock()
				for class, flaw := range flaws {
					m.found.Flaws[flaw]++
					if len(m.found.Examples) < examples {
						m.found.Examples = append(m.found.Examples, fmt.Sprintf("%s in %s: %s", s.path(class), name, flaw))
					}
				}
				return err
			})
		}
	}
	return group.Wait()
}

// flaws are those of a subject in a region, by class.
func (m *measurement) flaws(region string, s *subject) (map[workload.Class]Flaw, error) {
	flaws := map[workload.Class]Flaw{}
	for _, class := range classes() {
		var body bytes.Buffer
		answer, err := m.regions[region].Do(client.Request{Method: http.MethodGet, Path: s.path(class)}, &body)
		if err == nil && answer.Status != http.StatusOK && answer.Status != http.StatusNotFound {
			err = fmt.Errorf("answered %d: %s", answer.Status, bytes.TrimSpace(body.Bytes()))
		}
		if err != nil {
			return nil, fmt.Errorf("read %s from %s: %w", s.path(class), region, err)
		}
		flaw, err := s.flaw(class, answer.Status, body.Bytes())
		if err != nil {
			return nil, err
		}
		if flaw != "" {
			flaws[class] = flaw
		}
	}
	return flaws, nil
}
