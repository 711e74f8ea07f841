package scale

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"pangea/gen/client"
	"pangea/lab/meter"
	"pangea/lab/stack"
)

const (
	filledAtOnce = 5000 // rows of one request
	fillEvery    = 10 * time.Second
	fillTimeout  = time.Minute // of one request
)

// fill writes the rows with the keys 1 to n, a share of them in each region, and waits
// until all are everywhere. It returns how many it wrote.
func (s *Scale) fill(ctx context.Context, fresh *stack.Stack, n int) (uint64, error) {
	if n == 0 {
		return 0, nil
	}
	regions := fresh.Topology().Regions
	var written atomic.Uint64
	group, filling := errgroup.WithContext(ctx)
	for i, r := range regions {
		from, to := 1+i*n/len(regions), (i+1)*n/len(regions)
		group.Go(func() error { return fillKeys(filling, "http://"+r.HTTP, from, to, &written) })
	}
	done := make(chan error, 1)
	go func() { done <- group.Wait() }()
	tick := time.NewTicker(fillEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			fmt.Fprintf(s.cfg.Progress, "%d of %d rows written\n", written.Load(), n)
		case err := <-done:
			if err == nil {
				fmt.Fprintf(s.cfg.Progress, "%d rows written, waiting until they are everywhere\n", n)
				_, err = meter.Drain(ctx, fresh.Topology())
			}
			return written.Load(), err
		}
	}
}

// fillKeys writes the keys from and to, and those between them.
func fillKeys(ctx context.Context, url string, from, to int, written *atomic.Uint64) error {
	c, err := client.New(url, fillTimeout)
	if err != nil {
		return err
	}
	defer c.Close()
	var answer bytes.Buffer
	for ; from <= to; from += filledAtOnce {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		last := min(to, from+filledAtOnce-1)
		answer.Reset()
		if err := put(c, lines(from, last), &answer); err != nil {
			return err
		}
		if n := bytes.Count(answer.Bytes(), []byte(`"status":200`)); n != last-from+1 {
			return fmt.Errorf("%d of the rows %d to %d were written: %.200s", n, from, last, answer.Bytes())
		}
		written.Add(uint64(last - from + 1))
	}
	return nil
}

func put(c *client.Client, body []byte, to *bytes.Buffer) error {
	answer, err := c.Do(client.Request{Method: http.MethodPost, Path: "/batch", Body: body}, to)
	if err == nil && answer.Status != http.StatusOK {
		err = fmt.Errorf("POST /batch was answered with %d", answer.Status)
	}
	return err
}

func lines(from, to int) []byte {
	var body []byte
	for key := from; key <= to; key++ {
		body = append(body, `{"op":"profile.put","key":"`...)
		body = strconv.AppendInt(body, int64(key), 10)
		body = append(body, `","value":0}`+"\n"...)
	}
	return body
}
