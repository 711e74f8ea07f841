package stacktest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// BuiltRoot is Root with the programs.
func BuiltRoot(t testing.TB, regions ...string) string {
	t.Helper()
	dir, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	root := Root(t, regions...)
	bin := filepath.Join(root, ".pangea", "bin")
	if err := errors.Join(os.Remove(bin), os.Symlink(dir, bin)); err != nil {
		t.Fatal(err)
	}
	return root
}

// programs builds the real ones in a directory that Close removes.
var programs = sync.OnceValues(func() (dir string, err error) {
	built = true
	dir, err = os.MkdirTemp("", "pangea-programs-")
	if err != nil {
		return "", err
	}
	for program, source := range map[string]string{
		"region":           "pangea/cmd/region",
		"router":           "pangea/cmd/router",
		"chaos":            "pangea/cmd/chaos",
		"toxiproxy-server": "github.com/Shopify/toxiproxy/v2/cmd/server",
	} {
		out, err := exec.Command("go", "build", "-o", filepath.Join(dir, program), source).CombinedOutput()
		if err != nil {
			return dir, fmt.Errorf("build %s: %w\n%s", program, err, out)
		}
	}
	return dir, nil
})

var built bool // by the first test that needed it

// Close removes the programs, if any test had them built. It is for TestMain.
func Close() {
	if !built {
		return
	}
	if dir, _ := programs(); dir != "" {
		os.RemoveAll(dir)
	}
}
