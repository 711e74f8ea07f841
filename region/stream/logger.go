package stream

import (
	"fmt"
	"log/slog"
)

// logger is nats-server's log. A fatal error is kept for Serve: nats-server's own
// logger would end the process, and without one nobody would learn of it.
type logger struct {
	slog  *slog.Logger
	fatal chan error
}

func newLogger(l *slog.Logger) *logger {
	return &logger{slog: l.With("part", "nats-server"), fatal: make(chan error, 1)}
}

func (l *logger) Fatalf(format string, v ...any) {
	select {
	case l.fatal <- fmt.Errorf(format, v...):
	default:
	}
}

func (l *logger) Errorf(format string, v ...any)  { l.slog.Error(fmt.Sprintf(format, v...)) }
func (l *logger) Warnf(format string, v ...any)   { l.slog.Warn(fmt.Sprintf(format, v...)) }
func (l *logger) Noticef(format string, v ...any) { l.slog.Debug(fmt.Sprintf(format, v...)) }
func (l *logger) Debugf(string, ...any)           {}
func (l *logger) Tracef(string, ...any)           {}
