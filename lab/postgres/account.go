package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
)

// account is the system user that Postgres runs as. The zero account is the user
// of this process.
type account struct {
	name       string
	credential *syscall.Credential
}

// serverAccount is the user of this process unless that is root, which Postgres
// refuses to run as.
func serverAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return accountOf(u)
		}
	}
	return account{}, errors.New("root cannot run PostgreSQL, and there is no user postgres or nobody to run it: create one, or start as another user")
}

func accountOf(u *user.User) (account, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("uid of %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("gid of %s: %w", u.Username, err)
	}
	return account{name: u.Username, credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// command runs as the account. Its directory is the root, since the one of this
// process may be closed to the account.
func (a account) command(ctx context.Context, path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = "/"
	if a.credential != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: a.credential}
	}
	return cmd
}

// own makes dir, if need be, and hands it to the account.
func (a account) own(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if a.credential == nil {
		return nil
	}
	return os.Chown(dir, int(a.credential.Uid), int(a.credential.Gid))
}

// reaches tries, as the account, to make a file in dir. Nothing else tells: a
// directory above may be closed, or the file system may map owners.
func (a account) reaches(ctx context.Context, dir string) bool {
	probe := filepath.Join(dir, ".reach")
	return a.command(ctx, "/bin/sh", "-c", `: > "$0" && rm "$0"`, probe).Run() == nil
}

var complaint = regexp.MustCompile(`(?i)\b(error|fatal|panic)\b`)

// runQuietly adds to an error the line by which the program explains it: the last
// that complains, else the last of all.
func runQuietly(cmd *exec.Cmd) error {
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	why := lines[len(lines)-1]
	for _, line := range lines {
		if complaint.MatchString(line) {
			why = line
		}
	}
	return fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, why)
}
