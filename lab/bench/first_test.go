package bench

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

func TestStartFirst_HasASessionOfItsOwn(t *testing.T) {
	var said bytes.Buffer
	cmd := exec.Command("sh", "-c", `cut -d " " -f 1,6 /proc/$$/stat`)
	cmd.Stdout = &said
	if _, err := startFirst(cmd); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if ids := strings.Fields(said.String()); len(ids) != 2 || ids[0] != ids[1] {
		t.Errorf("its process and session are %q, want the same", ids)
	}
}
