package node

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// skewEvery is how often the file of a clock's skew is looked at.
const skewEvery = 200 * time.Millisecond

// clock is the region's physical clock: the machine's, and a skew, which is told by a file.
// By a file and not by a restart, as a clock steps under a process that runs; and not by a
// route, as nobody who reaches the API is to move the clock. It outlives the process.
type clock struct {
	usual time.Duration // without the file
	file  string
	log   *slog.Logger

	text string // last read from the file
	skew atomic.Int64
}

func newClock(cfg Config) *clock {
	c := &clock{usual: cfg.ClockSkew, file: cfg.ClockSkewFile, log: cfg.Logger}
	c.skew.Store(int64(c.usual))
	c.look()
	return c
}

func (c *clock) now() time.Time { return time.Now().Add(c.skewed()) }

func (c *clock) skewed() time.Duration { return time.Duration(c.skew.Load()) }

// run follows the file until ctx ends.
func (c *clock) run(ctx context.Context) error {
	if c.file == "" {
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(skewEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			c.look()
		}
	}
}

// look reads the file. None, or an empty one, leaves the clock as usual; what cannot be
// read, or not as a time, changes nothing.
func (c *clock) look() {
	content, err := os.ReadFile(c.file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return
	}
	text := strings.TrimSpace(string(content))
	if text == c.text {
		return
	}
	c.text = text
	skew := c.usual
	if text != "" {
		if skew, err = time.ParseDuration(text); err != nil {
			c.log.Warn("the file of the clock's skew says no time", "file", c.file, "err", err)
			return
		}
	}
	c.skew.Store(int64(skew))
	c.log.Info("the clock steps", "skew", skew)
}
