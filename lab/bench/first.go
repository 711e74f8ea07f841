package bench

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// startFirst starts the generator before everything else that wants the processor: it
// stands for clients that have machines of their own. One that waits its turn behind the
// regions sends late, and what it measures is its own waiting.
//
// Linux shares the processor out by sessions first (autogroup), where the generator would
// get as much as each Postgres does. So it gets a session of its own, and that the
// priority. It reports whether that was granted: where there is no such thing, or no
// permission, the generator runs like the others.
func startFirst(cmd *exec.Cmd) (bool, error) {
	const priority = "-15"
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setsid = true // Ctrl-C reaches it through ctx only
	if err := cmd.Start(); err != nil {
		return false, err
	}
	group := fmt.Sprintf("/proc/%d/autogroup", cmd.Process.Pid)
	_ = os.WriteFile(group, []byte(priority), 0) // what came of it, the next line reads
	granted, err := os.ReadFile(group)
	return err == nil && strings.HasSuffix(strings.TrimSpace(string(granted)), " nice "+priority), nil
}
