package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"pangea/lab/stack"
)

// Command is the lab program. Each file of this package that has commands lists
// them in a function of its own, joined here.
func Command() *cli.Command {
	root := &cli.Command{
		Name:            "lab",
		Usage:           "run Pangea on this machine, look at it, and check it",
		HideHelpCommand: true,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "root", Usage: "`DIRECTORY` of topology.yaml; state goes to .pangea in it", Value: "."},
		},
		Commands: slices.Concat(stackCommands(), composeCommands(), lookCommands(), drainCommands(), boardsCommands(), verifyCommands(), lossCommands(),
			benchCommands(), peersCommands(), soakCommands(), catchUpCommands(), rampCommands(), scaleCommands(),
			latencyCommands(), lwwCommands(), crdtCommands(), failoverCommands(), partitionCommands(), rywCommands(),
			causalCommands(), failbackCommands(), allCommands(), ledgerCommands()),
	}
	root.Action = func(_ context.Context, c *cli.Command) error {
		if !c.Args().Present() {
			return cli.ShowRootCommandHelp(c)
		}
		return fmt.Errorf("no command %q: the commands are %s", c.Args().First(), commandNames(root))
	}
	for _, c := range append(root.Commands, root) {
		c.OnUsageError = oneSentence
	}
	return root
}

// oneSentence makes a wrong flag no page of help.
func oneSentence(_ context.Context, c *cli.Command, err error, _ bool) error {
	return fmt.Errorf("%w: see `%s -help`", err, c.FullName())
}

func commandNames(root *cli.Command) string {
	var names []string
	for _, c := range root.Commands {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

// withStack opens the stack of --root for an action. A command that names no
// arguments in its usage takes none.
func withStack(do func(context.Context, *cli.Command, *stack.Stack) error) cli.ActionFunc {
	return func(ctx context.Context, c *cli.Command) error {
		if c.ArgsUsage == "" && c.Args().Present() {
			return fmt.Errorf("%s takes no arguments, and got %q", c.Name, c.Args().First())
		}
		s, err := stack.Open(c.String("root"))
		if err != nil {
			return err
		}
		return do(ctx, c, s)
	}
}
