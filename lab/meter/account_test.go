package meter

import (
	"bufio"
	"io"
	"os/exec"
	"testing"
	"time"
)

// parent is a shell that takes nothing itself: its child does, until a line is read.
const parent = `(while :; do :; done) & read line; kill $!; wait; echo ended; read line`

// What a child took counts as its parent's, after it has ended too.
func TestAccount_CountsChildrenThatCameAndWent(t *testing.T) {
	shell, in, out := startShell(t)
	a, parts := newAccount(), map[int32]string{int32(shell.Process.Pid): "shell"}
	const want = 200 * time.Millisecond
	var seen use
	until(t, func() bool {
		seen = look(t, a, parts)
		return seen.cpu >= want
	})
	if _, err := io.WriteString(in, "\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if got := look(t, a, parts); got.cpu < seen.cpu || got.rss == 0 || got.rss >= seen.rss {
		t.Errorf("without the child: %v of CPU and %d bytes; with it: %v and %d", got.cpu, got.rss, seen.cpu, seen.rss)
	}
}

func startShell(t *testing.T) (shell *exec.Cmd, in io.Writer, out io.Reader) {
	t.Helper()
	shell = exec.Command("/bin/sh", "-c", parent)
	stdin, err := shell.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := shell.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close() // both reads of the shell end
		_ = shell.Wait()
	})
	return shell, stdin, stdout
}

func look(t *testing.T, a *account, parts map[int32]string) use {
	t.Helper()
	uses, err := a.look(t.Context(), parts)
	if err != nil {
		t.Fatal(err)
	}
	return uses["shell"]
}

func until(t *testing.T, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("not within a minute")
		}
	}
}
