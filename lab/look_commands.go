package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/urfave/cli/v3"
	"golang.org/x/term"

	"pangea/lab/logview"
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
			Name: "logs", Usage: "show the logs of parts, in the order of time", ArgsUsage: "[REGION or PART]...",
			Description: "A region stands for its database, its own process and its router; no name, or all, for everything.\n" +
				"Lines are colored on a terminal, unless NO_COLOR is set. The files are in .pangea/log.",
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

func logs(ctx context.Context, c *cli.Command, s *stack.Stack) error {
	names, err := s.Select(c.Args().Slice())
	if err != nil {
		return err
	}
	var sources []logview.Source
	files := 0
	for _, name := range names {
		file, err := s.LogFile(name)
		if err != nil {
			return err
		}
		if _, err := os.Stat(file); err == nil {
			files++
		}
		sources = append(sources, logview.Source{Part: name, File: file})
	}
	if files == 0 {
		return errors.New("there is no log yet: `go tool task up` starts the stack")
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	out := c.Root().Writer
	return logview.New(out, colored(out), c.Int("n"), sources).Show(ctx, c.Bool("f"))
}

// colored reports whether out is a terminal whose user did not refuse colors
// (https://no-color.org).
func colored(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && term.IsTerminal(int(f.Fd()))
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
