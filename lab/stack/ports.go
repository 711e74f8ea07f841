package stack

import (
	"context"
	"errors"
	"fmt"

	"pangea/lab/process"
)

// checkPorts says of every address that a part needs and somebody else holds who
// that is.
func checkPorts(ctx context.Context, parts []part) error {
	var errs []error
	for _, p := range parts {
		for _, address := range p.addresses {
			if err := process.CheckFree(ctx, address); err != nil {
				errs = append(errs, fmt.Errorf("%s cannot start: %w", p.name, err))
			}
		}
	}
	if len(errs) > 0 {
		errs = append(errs, errors.New("end what holds the address, or change it in topology.yaml"))
	}
	return errors.Join(errs...)
}
