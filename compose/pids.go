package compose

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Pids are those of the first process of each part that is alive, by name. An engine in a
// virtual machine counts processes that are not of this one: those are left out.
func (s *Stack) Pids() (map[string]int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), askWithin)
	defer cancel()
	ids, err := s.ask(ctx, "ps", "--quiet", "--filter", "label=com.docker.compose.project="+project)
	if err != nil || ids == "" {
		return nil, err
	}
	const each = `{{index .Config.Labels "com.docker.compose.service"}} {{.State.Pid}} {{.Id}}`
	found, err := s.ask(ctx, append([]string{"inspect", "--format", each}, strings.Fields(ids)...)...)
	if err != nil {
		return nil, err
	}
	return s.pids(found, contains)
}

// pids reads a line for each container: its service, pid and id. Of one that has just ended
// the pid is 0.
func (s *Stack) pids(lines string, contains func(id string, pid int) bool) (map[string]int, error) {
	known := map[string]bool{}
	for _, name := range s.PartNames() {
		known[name] = true
	}
	pids := map[string]int{}
	for line := range strings.Lines(lines) {
		var service, id string
		var pid int
		if _, err := fmt.Sscan(line, &service, &pid, &id); err != nil {
			return nil, fmt.Errorf("the engine says %q of a container: %w", line, err)
		}
		if known[service] && contains(id, pid) {
			pids[service] = pid
		}
	}
	return pids, nil
}

// contains reports whether a process of this machine is in the container.
func contains(id string, pid int) bool {
	groups, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cgroup")
	return err == nil && bytes.Contains(groups, []byte(id))
}
