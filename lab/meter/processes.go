package meter

import (
	"context"
	"fmt"
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// use is what a part has taken since it was first seen, and what it holds.
type use struct {
	cpu time.Duration
	rss int64
}

// account adds up what processes take. A part's children come and go, and what one took
// that has ended since counts.
type account struct {
	cpu    map[string]time.Duration
	last   map[int32]time.Duration // of each process when it was last seen
	parent map[int32]int32         // of each process that was ever seen: asking costs most
	seen   bool                    // there was a first look
}

func newAccount() *account {
	return &account{cpu: map[string]time.Duration{}, last: map[int32]time.Duration{}, parent: map[int32]int32{}}
}

// look reads what the parts, given by their pids, and all their descendants have taken.
func (a *account) look(ctx context.Context, parts map[int32]string) (map[string]use, error) {
	pids, err := process.PidsWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	held, shared := map[string]int64{}, map[string]int64{}
	for _, pid := range pids {
		part, ours := a.part(ctx, pid, parts)
		if !ours {
			continue
		}
		own, common, err := a.add(ctx, part, &process.Process{Pid: pid})
		if err != nil {
			continue // it has ended meanwhile
		}
		held[part] += own
		shared[part] = max(shared[part], common)
	}
	a.seen = true
	uses := map[string]use{}
	for part, own := range held {
		uses[part] = use{cpu: a.cpu[part], rss: own + shared[part]}
	}
	return uses, nil
}

// part is the one that a process is, or descends from.
func (a *account) part(ctx context.Context, pid int32, parts map[int32]string) (string, bool) {
	for pid > 1 {
		if part, ok := parts[pid]; ok {
			return part, true
		}
		if _, known := a.parent[pid]; !known {
			a.parent[pid], _ = (&process.Process{Pid: pid}).PpidWithContext(ctx) // 0 if it has ended
		}
		pid = a.parent[pid]
	}
	return "", false
}

// add counts what a process took since the last look, and returns what memory it has
// for itself and with others.
func (a *account) add(ctx context.Context, part string, p *process.Process) (own, shared int64, err error) {
	times, err := p.TimesWithContext(ctx)
	if err != nil {
		return 0, 0, err
	}
	memory, err := p.MemoryInfoExWithContext(ctx)
	if err != nil {
		return 0, 0, err
	}
	cpu := time.Duration((times.User + times.System) * float64(time.Second))
	last, known := a.last[p.Pid]
	if known || a.seen { // else it took all of it before the first look
		a.cpu[part] += max(0, cpu-last)
	}
	a.last[p.Pid] = cpu
	return int64(memory.RSS - memory.Shared), int64(memory.Shared), nil
}
