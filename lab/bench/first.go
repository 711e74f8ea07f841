package bench

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// startFirst starts the generator before everything else that wants the processor: it
// stands for clients that have machines of their own. One that waits its turn behind the
// regions sends late, and what it measures is its own waiting.
//
// Linux shares the processor out by sessions first (autogroup), where the generator would
// get as much as each Postgres does. So it gets a session of its own, and that the
// priority. Where there is no such thing, or no permission, it runs like the others: how
// late it sent is in the report.
func startFirst(cmd *exec.Cmd) error {
	const priority = "-15"
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setsid = true // Ctrl-C reaches it through ctx only
	if err := cmd.Start(); err != nil {
		return err
	}
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/autogroup", cmd.Process.Pid), []byte(priority), 0)
	return nil
}
