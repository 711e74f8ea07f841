package compose

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// MakeSecrets makes what is missing of the passwords, each in a file of compose/secrets:
// one for each database, and that of Grafana's administrator. One that is there stays, since
// a database was made with it.
func (s *Stack) MakeSecrets() error {
	dir := filepath.Join(s.root, "compose", "secrets")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the directory of secrets: %w", err)
	}
	names := []string{"grafana"}
	for _, region := range s.topo.Names() {
		names = append(names, "postgres-"+region)
	}
	for _, name := range names {
		if err := makeSecret(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("make the secret %s: %w", name, err)
		}
	}
	return nil
}

// makeSecret writes a password of chance. Containers of several users read the file, so it
// is its directory that closes it to others on this machine.
func makeSecret(file string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o444)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(rand.Text())
	return errors.Join(err, f.Chmod(0o444), f.Close()) // whatever the user's umask is
}
