// Command lab runs the local stack and what is done with it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"pangea/lab"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := lab.Command().Run(ctx, os.Args)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		os.Exit(1)
	}
}
