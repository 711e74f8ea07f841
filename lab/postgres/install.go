package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	embedded "github.com/fergusstrange/embedded-postgres"

	"pangea/lab/apt"
)

// Ensure is Find, and installs Postgres when there is none: with apt-get for root
// on Debian, else by downloading ready-made binaries. say is told what takes long.
func Ensure(ctx context.Context, say func(string)) (Binaries, error) {
	found, err := Find(ctx)
	if !errors.Is(err, ErrNotFound) {
		return found, err
	}
	unlock, err := lockInstall() // the tests of several packages may come here at once
	if err != nil {
		return Binaries{}, err
	}
	defer unlock()
	if found, err := Find(ctx); !errors.Is(err, ErrNotFound) {
		return found, err
	}
	return install(ctx, say)
}

func install(ctx context.Context, say func(string)) (Binaries, error) {
	var failed []error
	if canApt(ctx) {
		say("installing PostgreSQL with apt-get (a minute or two)")
		if err := aptInstall(ctx); err != nil {
			failed = append(failed, err)
		} else if found, err := Find(ctx); err == nil {
			return found, nil
		}
	}
	say("downloading PostgreSQL to " + downloadDir() + " (about 30 MB)")
	if err := download(); err != nil {
		failed = append(failed, err)
	}
	if found, err := Find(ctx); err == nil {
		return found, nil
	}
	return Binaries{}, fmt.Errorf("%w and it could not be installed (%w): install it, or set PANGEA_PG_BIN to its bin directory",
		ErrNotFound, errors.Join(failed...))
}

func lockInstall() (unlock func() error, err error) {
	f, err := os.OpenFile(filepath.Join(os.TempDir(), fmt.Sprintf("pangea-install-%d.lock", os.Geteuid())), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open installation lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("lock installation: %w", err), f.Close())
	}
	return f.Close, nil
}

// canApt reports whether apt-get may be used and has, or may get, a new enough version.
func canApt(ctx context.Context) bool {
	return apt.Allowed() && apt.Update(ctx) == nil && aptVersion(ctx) >= minVersion
}

// aptVersion is the major version that apt-get would install, zero if none.
func aptVersion(ctx context.Context) int {
	out, err := exec.CommandContext(ctx, "apt-cache", "show", "--no-all-versions", "postgresql-client").Output()
	if err != nil {
		return 0
	}
	_, version, _ := strings.Cut(string(out), "\nVersion: ") // such as 15+248
	return number(version)
}

// aptInstall keeps Debian from making and starting a cluster of its own on 5432.
func aptInstall(ctx context.Context) error {
	if err := apt.Install(ctx, "postgresql-common"); err != nil {
		return err
	}
	f, err := os.OpenFile("/etc/postgresql-common/createcluster.conf", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("open createcluster.conf: %w", err)
	}
	_, err = f.WriteString("\n# Pangea runs its own clusters.\ncreate_main_cluster = false\n")
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write createcluster.conf: %w", err)
	}
	return apt.Install(ctx, "postgresql", "postgresql-client")
}

// downloadDir must be reachable for the server's account, which root's home is not.
func downloadDir() string {
	if os.Geteuid() == 0 {
		return filepath.Join(systemPlace, "postgresql")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	return filepath.Join(cache, "pangea", "postgresql")
}

// download fetches and unpacks the binaries. The module can do so only as the
// first steps of running a cluster, whose fate does not matter here: whether the
// programs are usable, Find decides.
func download() error {
	port, err := freePort()
	if err != nil {
		return err
	}
	dir := downloadDir()
	db := embedded.NewDatabase(embedded.DefaultConfig().
		BinariesPath(dir).CachePath(dir).RuntimePath(filepath.Join(dir, "run")).
		Port(uint32(port)).Logger(io.Discard).StartTimeout(time.Minute))
	if err := db.Start(); err != nil {
		return fmt.Errorf("download PostgreSQL: %w", err)
	}
	return db.Stop()
}

// freePort is free now, and with luck until it is used: it is below those that the system
// gives to connections.
func freePort() (port int, err error) {
	const first, count, tries = 10_000, 10_000, 20
	for range tries {
		port = first + rand.IntN(count)
		var l net.Listener
		if l, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			return port, l.Close()
		}
	}
	return 0, fmt.Errorf("find a free port: %w", err)
}
