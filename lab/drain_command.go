package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"pangea/lab/stack"
	"pangea/region/topology"
)

// drainedWithin bounds the wait for requests under way: a router's own bound of them.
const drainedWithin = 75 * time.Second

func drainCommands() []*cli.Command {
	return []*cli.Command{{
		Name: "drain", Usage: "have all routers send the clients of a region elsewhere", ArgsUsage: "REGION",
		Description: "Before maintenance: requests under way finish, new ones go to the next region, which shows\n" +
			"clients no less than they have seen. It returns when nothing is under way any more.\n" +
			"A router that starts anew has forgotten it. `drain -undo REGION` ends it.",
		Flags:  []cli.Flag{&cli.BoolFlag{Name: "undo", Usage: "send them there again"}},
		Action: withStack(drain),
	}}
}

func drain(ctx context.Context, c *cli.Command, s *stack.Stack) error {
	if c.NArg() != 1 {
		return fmt.Errorf("name one region: %s", strings.Join(s.Topology().Names(), ", "))
	}
	region, err := s.Topology().Region(c.Args().First())
	if err != nil {
		return err
	}
	out := c.Root().Writer
	if c.Bool("undo") {
		if _, err := tellRouters(ctx, s.Topology().Regions, http.MethodDelete, region.Name); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s is no longer drained: clients near it return as soon as it has what they have seen\n", region.Name)
		return nil
	}
	if err := drainEverywhere(ctx, s.Topology().Regions, region.Name); err != nil {
		return err
	}
	if err := awaitDrained(ctx, c, s.Topology(), region.Name); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s is drained: nothing is under way to it. Undo with: go tool task drain -- -undo %s\n", region.Name, region.Name)
	return nil
}

// drainEverywhere tells all routers, or in the end none that had not drained it before.
func drainEverywhere(ctx context.Context, routers []topology.Region, region string) error {
	var others []topology.Region
	for _, r := range routers {
		status, err := askRouter(ctx, r, http.MethodGet, "/router/status")
		if err != nil {
			return fmt.Errorf("the drain of %s was not begun: %w", region, err)
		}
		if !status.drained(region) {
			others = append(others, r)
		}
	}
	told, err := tellRouters(ctx, others, http.MethodPost, region)
	if err == nil {
		return nil
	}
	if _, undone := tellRouters(ctx, others[:told], http.MethodDelete, region); undone != nil {
		return errors.Join(fmt.Errorf("some routers have drained %s and some have not, repeat it or undo it: %w", region, err), undone)
	}
	return fmt.Errorf("the drain of %s is undone: %w", region, err)
}

// tellRouters asks the routers one by one for the drain of a region, or its end, and counts
// those that did it before one did not.
func tellRouters(ctx context.Context, routers []topology.Region, method, region string) (told int, err error) {
	for _, r := range routers {
		if _, err := askRouter(ctx, r, method, "/router/drain/"+region); err != nil {
			return told, err
		}
		told++
	}
	return told, nil
}

// awaitDrained waits until no router has a request under way to the region.
func awaitDrained(ctx context.Context, c *cli.Command, topo *topology.Topology, region string) error {
	ctx, cancel := context.WithTimeout(ctx, drainedWithin)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for noted := time.Now(); ; {
		left, err := underWay(ctx, topo, region)
		if err != nil {
			return err
		}
		if left == 0 {
			return nil
		}
		if time.Since(noted) > 2*time.Second {
			fmt.Fprintf(c.Root().Writer, "%d requests are under way to %s\n", left, region)
			noted = time.Now()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s is drained, and %d requests to it have not ended: %w", region, left, ctx.Err())
		case <-tick.C:
		}
	}
}

// underWay counts the requests of all routers to a region, and those clients that are
// sent there still because no other region has what they have seen.
func underWay(ctx context.Context, topo *topology.Topology, region string) (n int, err error) {
	for _, r := range topo.Regions {
		status, err := askRouter(ctx, r, http.MethodGet, "/router/status")
		if err != nil {
			return 0, err
		}
		if status.Current == region {
			n++
		}
		for _, s := range status.Regions {
			if s.Region == region {
				n += s.UnderWay
			}
		}
	}
	return n, nil
}

// routerStatus is what matters here of the answer of a router.
type routerStatus struct {
	Current string `json:"current"`
	Regions []struct {
		Region   string `json:"region"`
		Drained  bool   `json:"drained"`
		UnderWay int    `json:"requests_under_way"`
	} `json:"regions"`
}

func (s *routerStatus) drained(region string) bool {
	for _, r := range s.Regions {
		if r.Region == region {
			return r.Drained
		}
	}
	return false
}

func askRouter(ctx context.Context, r topology.Region, method, path string) (*routerStatus, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+r.Router+path, nil)
	if err != nil {
		return nil, err
	}
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("router-%s does not answer, start it with `go tool task up`: %w", r.Name, err)
	}
	defer resp.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(resp.Body); err != nil {
		return nil, fmt.Errorf("router-%s: %w", r.Name, err)
	}
	if resp.StatusCode != http.StatusOK {
		var problem struct{ Detail string }
		if json.Unmarshal(body.Bytes(), &problem) != nil || problem.Detail == "" {
			problem.Detail = resp.Status
		}
		return nil, fmt.Errorf("router-%s: %s", r.Name, problem.Detail)
	}
	status := &routerStatus{}
	if err := json.Unmarshal(body.Bytes(), status); err != nil {
		return nil, fmt.Errorf("router-%s: read its status: %w", r.Name, err)
	}
	return status, nil
}
