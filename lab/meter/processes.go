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
	cpu  map[string]time.Duration
	last map[int32]time.Duration // of each process when it was last seen
	seen bool                    // there was a first look
}

func newAccount() *account {
	return &account{cpu: map[string]time.Duration{}, last: map[int32]time.Duration{}}
}

// look reads what the parts, given by their pids, and all their descendants have taken.
func (a *account) look(ctx context.Context, parts map[int32]string) (map[string]use, error) {
	all, err := process.ProcessesWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	family, held, shared := newFamily(ctx, all, parts), map[string]int64{}, map[string]int64{}
	for _, p := range all {
		part, ours := family.of(p.Pid)
		if !ours {
			continue
		}
		own, common, err := a.add(ctx, part, p)
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

// family tells which part a process descends from.
type family struct {
	parent map[int32]int32
	parts  map[int32]string
}

func newFamily(ctx context.Context, all []*process.Process, parts map[int32]string) family {
	f := family{parent: map[int32]int32{}, parts: parts}
	for _, p := range all {
		if parent, err := p.PpidWithContext(ctx); err == nil {
			f.parent[p.Pid] = parent
		}
	}
	return f
}

func (f family) of(pid int32) (string, bool) {
	for pid > 1 {
		if part, ok := f.parts[pid]; ok {
			return part, true
		}
		pid = f.parent[pid]
	}
	return "", false
}
