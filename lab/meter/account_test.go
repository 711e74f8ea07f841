package meter

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

// What a child took counts as its parent's, after it has ended too.
func TestAccount_CountsChildrenThatCameAndWent(t *testing.T) {
	a, parts := newAccount(), map[int32]string{int32(os.Getpid()): "test"}
	if _, err := a.look(t.Context(), parts); err != nil {
		t.Fatal(err)
	}
	child := exec.Command("/bin/sh", "-c", "while :; do :; done")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	const want = 200 * time.Millisecond
	var seen use
	for deadline := time.Now().Add(20 * time.Second); seen.cpu < want && time.Now().Before(deadline); {
		uses, err := a.look(t.Context(), parts)
		if err != nil {
			t.Fatal(err)
		}
		seen = uses["test"]
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	uses, err := a.look(t.Context(), parts)
	if err != nil {
		t.Fatal(err)
	}
	if got := uses["test"]; got.cpu < seen.cpu || got.cpu < want || got.rss < 1<<20 {
		t.Errorf("after the child: %v and %d bytes, before: %v", got.cpu, got.rss, seen.cpu)
	}
}
