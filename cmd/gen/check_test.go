package main

import (
	"strings"
	"testing"

	"github.com/urfave/cli/v3"
)

// What would be left unread is refused, with what to do instead.
func TestCommands_RefuseWhatTheyWouldNotRead(t *testing.T) {
	for _, c := range []struct {
		command *cli.Command
		args    []string
		want    string
	}{
		{checkCommand(), []string{"check", "-out", "results", t.TempDir()}, "leave out one"},
		{selfTestCommand(), []string{"self-test", t.TempDir()}, "gen check"},
	} {
		if err := c.command.Run(t.Context(), c.args); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("gen %v: got %v, want %q", c.args, err, c.want)
		}
	}
}
