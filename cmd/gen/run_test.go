package main

import (
	"context"
	"testing"

	"github.com/urfave/cli/v3"

	"pangea/gen"
)

// A recorded run shares no key with one that is not, unless somebody says so.
func TestRun_RecordedRunsHaveKeysOfTheirOwn(t *testing.T) {
	for want, args := range map[string][]string{
		"g7-":   {"-seed", "7"},
		"r7-":   {"-seed", "7", "-record", "somewhere"},
		"mine-": {"-seed", "7", "-record", "somewhere", "-prefix", "mine-"},
	} {
		if got := parse(t, args).Workload.Prefix; got != want {
			t.Errorf("%v: keys start with %q, want %q", args, got, want)
		}
	}
}

// parse returns what a command line asks for, without doing it.
func parse(t *testing.T, args []string) (cfg gen.Config) {
	t.Helper()
	command := runCommand()
	command.Action = func(_ context.Context, cmd *cli.Command) (err error) {
		cfg, err = config(cmd)
		return err
	}
	if err := command.Run(t.Context(), append([]string{"run", "-target", "http://127.0.0.1:1"}, args...)); err != nil {
		t.Fatal(err)
	}
	return cfg
}
