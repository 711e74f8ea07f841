package process_test

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	psutil "github.com/shirou/gopsutil/v4/process"
	"go.uber.org/goleak"

	"pangea/lab/process"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStopIsHeard(t *testing.T) {
	f := files(t)
	f.start(t, `trap 'echo told; exit' TERM; echo up; while :; do sleep 0.05; done`)
	f.awaitLog(t, "up")
	if err := process.Stop(t.Context(), f.pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	f.wantDead(t)
	f.awaitLog(t, "told")
}

// TestKillLeavesNoOrphan: a child that ignores its parent's death must be gone
// when Kill returns.
func TestKillLeavesNoOrphan(t *testing.T) {
	f := files(t)
	f.start(t, `sh -c 'trap "" HUP TERM; echo child $$; while :; do sleep 0.05; done' & wait`)
	child := number(t, f.awaitLog(t, "child "))
	if killed, err := process.Kill(t.Context(), f.pid); err != nil || !killed {
		t.Fatalf("killed %v, %v", killed, err)
	}
	f.wantDead(t)
	if state := stateOf(child); state != "" && state != psutil.Zombie {
		t.Fatalf("the child %d lives on in state %s", child, state)
	}
	if killed, err := process.Kill(t.Context(), f.pid); err != nil || killed {
		t.Fatalf("killed the dead: %v, %v", killed, err)
	}
}

// TestPauseHoldsTheChildrenToo: nothing of the process goes on before Resume, and Stop is
// heard by one that is paused.
func TestPauseHoldsTheChildrenToo(t *testing.T) {
	f := files(t)
	f.start(t, `trap 'echo told; exit' TERM; sh -c 'echo child $$; while :; do sleep 0.02; done' & while :; do sleep 0.02; done`)
	child := number(t, f.awaitLog(t, "child "))
	pid, _, err := process.Find(f.pid)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if paused, err := process.Pause(t.Context(), f.pid); err != nil || !paused {
			t.Fatalf("paused %v, %v", paused, err)
		}
		f.wantPaused(t, true)
		if state := stateOf(child); state != psutil.Stop {
			t.Fatalf("the child %d is in state %s", child, state)
		}
	}
	if err := process.Resume(t.Context(), f.pid); err != nil {
		t.Fatal(err)
	}
	awaitRunning(t, pid)
	awaitRunning(t, child)
	f.wantPaused(t, false)
	if _, err := process.Pause(t.Context(), f.pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(child, syscall.SIGKILL); err != nil { // or its hold on the lock outlives the process
		t.Fatal(err)
	}
	if err := process.Stop(t.Context(), f.pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	f.wantDead(t)
	f.awaitLog(t, "told")
	if paused, err := process.Pause(t.Context(), f.pid); err != nil || paused {
		t.Fatalf("paused the dead: %v, %v", paused, err)
	}
}

// TestStartWaitsForOrphans: the children of a process that somebody else killed
// keep its place until they are gone.
func TestStartWaitsForOrphans(t *testing.T) {
	f := files(t)
	f.start(t, `sh -c 'echo child $$; sleep 1; echo child done' & wait`)
	f.awaitLog(t, "child ")
	pid, _, err := process.Find(f.pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for alive := true; alive; { // its death takes a moment
		if _, alive, err = process.Find(f.pid); err != nil {
			t.Fatal(err)
		}
	}
	f.start(t, `echo second; sleep 60`)
	log := f.awaitLog(t, "second")
	if !strings.Contains(log, "child done") {
		t.Fatalf("the second started beside the first's child:\n%s", log)
	}
	if _, err := process.Kill(t.Context(), f.pid); err != nil {
		t.Fatal(err)
	}
}

func TestSecondStartIsRefused(t *testing.T) {
	f := files(t)
	f.start(t, `sleep 60`)
	defer process.Kill(t.Context(), f.pid) //nolint:errcheck // best effort
	if _, alive, err := process.Find(f.pid); err != nil || !alive {
		t.Fatalf("alive %v, %v", alive, err)
	}
	if err := process.Start(exec.Command("true"), f.pid, f.log); err == nil {
		t.Fatal("started twice")
	}
}

// TestReusedPidIsNotOurs: the file names a live process that did not come from Start.
func TestReusedPidIsNotOurs(t *testing.T) {
	f := files(t)
	if err := os.WriteFile(f.pid, []byte(strconv.Itoa(os.Getpid())), 0o644); err != nil {
		t.Fatal(err)
	}
	f.wantDead(t)
	if killed, err := process.Kill(t.Context(), f.pid); err != nil || killed {
		t.Fatalf("killed %v, %v", killed, err)
	}
}

func TestTakenAddressNamesItsHolder(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	var taken *process.TakenError
	err = process.CheckFree(t.Context(), address)
	if want := "pid " + strconv.Itoa(os.Getpid()) + " ("; !errors.As(err, &taken) || !strings.HasPrefix(taken.Holder, want) {
		t.Fatalf("got %v, want the holder %s…", err, want)
	}
	l.Close()
	if err := process.CheckFree(t.Context(), address); err != nil {
		t.Fatal(err)
	}
}

// pair of files of one process.
type pair struct{ pid, log string }

func files(t *testing.T) pair {
	dir := t.TempDir()
	return pair{pid: filepath.Join(dir, "pid"), log: filepath.Join(dir, "log")}
}

func (f pair) start(t *testing.T, script string) {
	t.Helper()
	if err := process.Start(exec.Command("/bin/sh", "-c", script), f.pid, f.log); err != nil {
		t.Fatal(err)
	}
}

func (f pair) wantDead(t *testing.T) {
	t.Helper()
	if pid, alive, err := process.Find(f.pid); err != nil || alive {
		t.Fatalf("pid %d is alive: %v, %v", pid, alive, err)
	}
}

// awaitLog returns the log once it contains text.
func (f pair) awaitLog(t *testing.T, text string) string {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for {
		log, err := os.ReadFile(f.log)
		if err == nil && strings.Contains(string(log), text) {
			return string(log)
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("no %q in the log: %s, %v", text, log, err)
		}
	}
}

func (f pair) wantPaused(t *testing.T, want bool) {
	t.Helper()
	if got, err := process.Paused(t.Context(), f.pid); err != nil || got != want {
		t.Fatalf("paused %v, %v; want %v", got, err, want)
	}
}

// awaitRunning returns once a process goes on: a signal takes a moment.
func awaitRunning(t *testing.T, pid int) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for stateOf(pid) == psutil.Stop {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("pid %d stands still", pid)
		}
	}
}

func number(t *testing.T, line string) int {
	t.Helper()
	n, err := strconv.Atoi(strings.Fields(line)[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// stateOf is empty for a pid that does not exist.
func stateOf(pid int) string {
	p, err := psutil.NewProcess(int32(pid))
	if err != nil {
		return ""
	}
	state, err := p.Status()
	if err != nil {
		return ""
	}
	return state[0]
}
