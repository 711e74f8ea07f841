package router

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// maxWait bounds how much longer than Config.Timeout a client may ask to wait.
const maxWait = 60 * time.Second

// Config sets a Router.
type Config struct {
	// Region is the place of this router and its clients, by its name in the topology. Required.
	Region string

	// Policy tells how far away a region is. Defaults to Static.
	Policy Policy

	// CheckInterval is the time between two checks of a region. Defaults to 250 ms.
	CheckInterval time.Duration

	// CheckSlack is how much longer than the round trip a check may take. Defaults to 1 s: a busy machine is late, and no less alive.
	CheckSlack time.Duration

	// Fall is how many unanswered checks in a row make a region unreachable. Defaults to 2.
	Fall int

	// Rise is how many good checks in a row bring a region back. Defaults to 3.
	Rise int

	// Hold is how long a region is passed over after a move to it was called off. Defaults to 5 s.
	Hold time.Duration

	// Timeout is the time for a request with all its repeats, to which the wait
	// of a client's Prefer header (at most 60 s) is added. Defaults to 10 s.
	Timeout time.Duration

	// SendTimeout is how long a client may take to send a request's header, and then
	// its body. Defaults to 10 s.
	SendTimeout time.Duration

	// DrainTimeout is how long a stopping router waits for requests under way. Defaults to 10 s.
	DrainTimeout time.Duration

	// Console answers /console and what is below it. Defaults to nobody.
	Console http.Handler

	// Log receives what happens to the regions. Defaults to slog.Default().
	Log *slog.Logger
}

func (c Config) withDefaults() Config {
	c.Policy = cmp.Or(c.Policy, Static)
	c.CheckInterval = cmp.Or(c.CheckInterval, 250*time.Millisecond)
	c.CheckSlack = cmp.Or(c.CheckSlack, time.Second)
	c.Fall = cmp.Or(c.Fall, 2)
	c.Rise = cmp.Or(c.Rise, 3)
	c.Hold = cmp.Or(c.Hold, 5*time.Second)
	c.Timeout = cmp.Or(c.Timeout, 10*time.Second)
	c.SendTimeout = cmp.Or(c.SendTimeout, 10*time.Second)
	c.DrainTimeout = cmp.Or(c.DrainTimeout, 10*time.Second)
	c.Log = cmp.Or(c.Log, slog.Default())
	return c
}

func (c Config) validate() error {
	if c.CheckInterval < 0 || c.CheckSlack < 0 || c.Hold < 0 ||
		c.Timeout < 0 || c.SendTimeout < 0 || c.DrainTimeout < 0 {
		return errors.New("router: a time in the config is negative")
	}
	if c.Policy != Static && c.Policy != Measured {
		return fmt.Errorf("router: there is no policy %q: use %s or %s", c.Policy, Static, Measured)
	}
	if c.Fall < 0 || c.Rise < 0 {
		return errors.New("router: Fall and Rise count checks and must be positive")
	}
	return nil
}
