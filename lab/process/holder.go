package process

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"

	psnet "github.com/shirou/gopsutil/v4/net"
	psutil "github.com/shirou/gopsutil/v4/process"
)

// TakenError says that an address cannot be listened on, and by whose fault.
type TakenError struct {
	Address string
	Holder  string // "pid 12 (nc -l 8081)", or empty when it cannot be seen
}

func (e *TakenError) Error() string {
	if e.Holder == "" {
		return e.Address + " is taken by another process"
	}
	return e.Address + " is taken by " + e.Holder
}

// CheckFree returns a *TakenError if somebody listens on address.
func CheckFree(ctx context.Context, address string) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return &TakenError{Address: address, Holder: holder(ctx, address)}
	}
	if err != nil {
		return fmt.Errorf("listen on %s: %w", address, err)
	}
	return l.Close()
}

// holder describes the process that listens on the address's port, if the system
// lets us see it.
func holder(ctx context.Context, address string) string {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return ""
	}
	conns, err := psnet.ConnectionsWithContext(ctx, "tcp")
	if err != nil {
		return ""
	}
	for _, c := range conns {
		if c.Status == "LISTEN" && strconv.Itoa(int(c.Laddr.Port)) == port && c.Pid != 0 {
			return describe(ctx, c.Pid)
		}
	}
	return ""
}

func describe(ctx context.Context, pid int32) string {
	p, err := psutil.NewProcessWithContext(ctx, pid)
	if err != nil {
		return fmt.Sprintf("pid %d", pid)
	}
	command, err := p.CmdlineWithContext(ctx)
	if err != nil || command == "" {
		return fmt.Sprintf("pid %d", pid)
	}
	return fmt.Sprintf("pid %d (%s)", pid, command)
}
