package gen

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"pangea/gen/client"
	"pangea/gen/history"
)

// SummaryFile is the result of a run, in the folder of its history.
const SummaryFile = "summary.json"

// Record is Run that leaves a history of every operation in dir, which has none yet: the
// files of package history, and the result. The regions are marked, and their books read,
// before it starts. An error comes with the result of what was sent, if anything was; what
// there is of the history is then not whole.
func (l *Load) Record(ctx context.Context, dir string) (*Result, error) {
	header, err := l.header()
	if err != nil {
		return nil, err
	}
	header.Started = time.Now()
	if l.history, err = history.Create(dir, header); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-l.history.Failed():
			cancel()
		case <-ctx.Done():
		}
	}()
	result := l.run(ctx, header.Started)
	return result, errors.Join(l.history.Close(), result.save(filepath.Join(dir, SummaryFile)))
}

// header prepares the stack for a history, and says what that is of.
func (l *Load) header() (h history.Header, err error) {
	h = history.Header{
		Run:  fmt.Sprintf("%d-%d", l.cfg.Workload.Seed, time.Now().UnixNano()),
		Seed: l.cfg.Workload.Seed, Prefix: l.cfg.Workload.Prefix, Config: l.cfg, Machine: ThisMachine(),
		Ledgers: history.Ledgers{},
	}
	var regions []history.Region
	for _, r := range l.cfg.Regions {
		c, err := client.New(r.URL, l.cfg.Timeout)
		if err != nil {
			return h, err
		}
		defer c.Close()
		regions = append(regions, history.Region{Name: r.Name, Client: c})
	}
	if len(regions) == 0 {
		return h, errors.New("a history needs the books of the regions: record it with a topology, without -target")
	}
	if err := history.LeaveMark(regions, h.Prefix, h.Run); err != nil {
		return h, err
	}
	for _, r := range regions {
		if h.Ledgers[r.Name], err = history.ReadLedger(r); err != nil {
			return h, err
		}
	}
	return h, nil
}
