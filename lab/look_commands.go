package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/urfave/cli/v3"

	"pangea/lab/postgres"
	"pangea/lab/stack"
)

// lookCommands show what the stack is doing.
func lookCommands() []*cli.Command {
	return []*cli.Command{
		{
			Name:        "status",
			Usage:       "show every part: its address, pid, and whether it serves",
			Description: "Exits with 1 if a part does not serve.",
			Action:      withStack(status),
		},
		{
			Name: "logs", Usage: "show the log of one part, or of all", ArgsUsage: "[PART]",
			Flags: []cli.Flag{
				&cli.BoolFlag{Name: "f", Usage: "go on with what is added, until Ctrl-C"},
				&cli.IntFlag{Name: "n", Usage: "how many lines of each to show", Value: 50},
			},
			Action: withStack(logs),
		},
		{
			Name: "psql", Usage: "open psql on a region's database", ArgsUsage: "REGION [ARGUMENTS OF PSQL]",
			Description:     `For example: psql us, or psql ap -c "select * from counter_value".`,
			SkipFlagParsing: true,
			Action:          withStack(psql),
		},
	}
}

func status(ctx context.Context, c *cli.Command, s *stack.Stack) error {
	parts, err := s.Status(ctx)
	if err != nil {
		return err
	}
	t := table.NewWriter()
	t.SetOutputMirror(c.Root().Writer)
	t.SetStyle(table.StyleLight)
	t.SetColumnConfigs([]table.ColumnConfig{{Name: "why", WidthMax: 60, WidthMaxEnforcer: text.WrapSoft}})
	t.AppendHeader(table.Row{"part", "address", "pid", "state", "why"})
	serving := 0
	for _, p := range parts {
		pid := ""
		if p.Pid != 0 {
			pid = fmt.Sprint(p.Pid)
		}
		t.AppendRow(table.Row{p.Name, p.Address, pid, p.State, p.Reason})
		if p.State == stack.StateReady {
			serving++
		}
	}
	t.Render()
	if serving < len(parts) {
		return fmt.Errorf("%d of %d parts serve: `go tool task up` starts the others, `go tool task logs -- PART` shows why they do not run", serving, len(parts))
	}
	return nil
}

func logs(_ context.Context, c *cli.Command, s *stack.Stack) error {
	names := c.Args().Slice()
	if len(names) == 0 {
		names = s.PartNames()
	}
	args := []string{"tail", "-n", fmt.Sprint(c.Int("n"))}
	if c.Bool("f") {
		args = append(args, "-F")
	}
	files := 0
	for _, name := range names {
		file, err := s.LogFile(name)
		if err != nil {
			return err
		}
		if _, err := os.Stat(file); err == nil {
			args = append(args, file)
			files++
		}
	}
	if files == 0 {
		return errors.New("there is no log yet: `go tool task up` starts the stack")
	}
	tail, err := exec.LookPath("tail")
	if err != nil {
		return err
	}
	return syscall.Exec(tail, args, os.Environ())
}

func psql(ctx context.Context, c *cli.Command, s *stack.Stack) error {
	if !c.Args().Present() {
		return fmt.Errorf("name a region: %v", s.Topology().Names())
	}
	region := c.Args().First()
	dsn, err := s.DSN(region)
	if err != nil {
		return err
	}
	if !s.Alive("postgres-" + region) {
		return fmt.Errorf("postgres-%s does not run: `go tool task up` starts it", region)
	}
	bin, err := postgres.Find(ctx)
	if err != nil {
		return err
	}
	program := bin.Path("psql")
	if _, err := os.Stat(program); err != nil {
		if program, err = exec.LookPath("psql"); err != nil {
			return fmt.Errorf("there is no psql in %s: install a PostgreSQL client", bin.Dir)
		}
	}
	args := append([]string{"psql", dsn}, c.Args().Tail()...)
	return syscall.Exec(program, args, os.Environ())
}
