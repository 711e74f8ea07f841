package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v3"

	"pangea/gen"
	"pangea/gen/audit"
	"pangea/gen/history"
)

// isHistory reports whether a path is of a recorded run.
func isHistory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir() || filepath.Ext(path) == filepath.Ext(history.HistoryFile)
}

// checkHistory judges a recorded run.
func checkHistory(ctx context.Context, cmd *cli.Command, regions []gen.Endpoint) error {
	h, err := history.Read(cmd.Args().First())
	if err != nil {
		return err
	}
	reading, read := bar("reading keys")
	judging, judged := bar("judging operations")
	a, err := audit.New(audit.Config{
		History: h, Regions: regions, Wait: cmd.Duration("wait"), Concurrency: cmd.Int("concurrency"),
		Reading: reading, Judging: judging,
	})
	if err != nil {
		return err
	}
	report, err := a.Run(ctx)
	read()
	judged()
	if err != nil {
		return err
	}
	report.Print(os.Stdout)
	return report.Err()
}
