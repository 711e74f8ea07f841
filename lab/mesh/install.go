package mesh

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"pangea/lab/apt"
	"pangea/lab/postgres"
)

// Ensure finds a Postgres with pglogical and pgbench, and installs what is missing. say
// is told what takes long.
func Ensure(ctx context.Context, say func(string)) (postgres.Binaries, error) {
	bin, err := postgres.Ensure(ctx, say)
	if err != nil {
		return postgres.Binaries{}, err
	}
	// Only some of the programs may have links where others are found.
	program, err := filepath.EvalSymlinks(bin.Path("postgres"))
	if err != nil {
		return postgres.Binaries{}, fmt.Errorf("find PostgreSQL's own directory: %w", err)
	}
	bin.Dir = filepath.Dir(program)
	if complete(bin) == nil {
		return bin, nil
	}
	say("installing pglogical with apt-get")
	if err := apt.Install(ctx, fmt.Sprintf("postgresql-%d-pglogical", bin.Version)); err != nil {
		return postgres.Binaries{}, err
	}
	return bin, complete(bin)
}

// complete says what these binaries lack. A library is beside the programs, in Debian as
// in a build from source.
func complete(bin postgres.Binaries) error {
	for _, file := range []string{bin.Path("pgbench"), filepath.Join(bin.Dir, "..", "lib", "pglogical.so")} {
		if _, err := os.Stat(file); err != nil {
			return fmt.Errorf("PostgreSQL in %s has no %s: install pgbench and pglogical for it, or set PANGEA_PG_BIN to a Debian one",
				bin.Dir, filepath.Base(file))
		}
	}
	return nil
}
