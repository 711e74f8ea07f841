package compose_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"pangea/compose"
)

func TestMakeSecrets_MakesThoseOfTheFilesOnce(t *testing.T) {
	root := t.TempDir()
	if err := os.Symlink(absolute(t, "../topology.yaml"), filepath.Join(root, "topology.yaml")); err != nil {
		t.Fatal(err)
	}
	stack, err := compose.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	usual := syscall.Umask(0o077) // of a careful user: the containers are other users
	t.Cleanup(func() { syscall.Umask(usual) })
	made := func() map[string]string {
		if err := stack.MakeSecrets(); err != nil {
			t.Fatal(err)
		}
		contents := map[string]string{}
		for _, s := range load(t).Secrets {
			text, err := os.ReadFile(filepath.Join(root, "compose", "secrets", filepath.Base(s.File)))
			if err != nil {
				t.Fatalf("the files have the secret %s: %v", s.File, err)
			}
			contents[s.File] = string(text)
			if info, err := os.Stat(filepath.Join(root, "compose", "secrets", filepath.Base(s.File))); err != nil || info.Mode().Perm() != 0o444 {
				t.Errorf("%s has mode %v, %v, want it readable for all who reach it", s.File, info.Mode(), err)
			}
		}
		return contents
	}
	first, second := made(), made()
	if !maps.Equal(first, second) {
		t.Error("the second time there are other secrets: the databases were made with the first")
	}
	passwords := slices.Sorted(maps.Values(first))
	if len(slices.Compact(passwords)) != len(first) || len(passwords[0]) < 20 {
		t.Errorf("%d passwords, want as many different ones of 20 letters or more", len(first))
	}
	info, err := os.Stat(filepath.Join(root, "compose", "secrets"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory of secrets has mode %v, %v, want it closed to others", info.Mode(), err)
	}
}
