package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"pangea/region"
)

var (
	// ErrUnknownOutcome: the connection broke while a commit was under way.
	ErrUnknownOutcome = errors.New("the commit's outcome is unknown")
	// ErrOtherRegion: the database belongs to another region.
	ErrOtherRegion = errors.New("the database belongs to another region")
)

// fencedCode is raised by advance_head.
const fencedCode = "PF001"

// Refused reports whether err is the database's answer to a bad statement: the
// same statement would be refused again, and another write might pass. The classes
// are data exceptions, violated constraints and exceeded limits.
func Refused(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	class := pg.Code[:min(2, len(pg.Code))]
	return class == "22" || class == "23" || class == "54"
}

// NoRoom reports whether err is the database's answer that its disk is full. Nothing of
// the transaction stands; the connection goes on.
func NoRoom(err error) bool {
	var pg *pgconn.PgError
	return aborted(err) && errors.As(err, &pg) && pg.Code == "53100"
}

// Busy reports whether a lock on a table was not to be had in time: somebody else holds
// one. Nothing of the transaction stands; the connection goes on.
func Busy(err error) bool { return aborted(err) && lockTimedOut(err) }

// aborted tells a failed transaction, of which nothing stands, from a broken
// connection, of which nothing is known. A server that says FATAL or PANIC ends the
// connection, and may do so after the commit was written.
func aborted(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.SeverityUnlocalized == "ERROR"
}

// lockTimedOut reports whether a lock was not to be had within lock_timeout.
func lockTimedOut(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "55P03"
}

// commitError tells what became of a transaction that ended with err.
func commitError(err error) error {
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &pg) && pg.Code == fencedCode:
		return fmt.Errorf("%w: %s", region.ErrFenced, pg.Message)
	case aborted(err):
		return fmt.Errorf("commit: %w", err)
	default:
		return fmt.Errorf("%w: %w", ErrUnknownOutcome, err)
	}
}

// unavailable marks a failed read. The caller's own deadline is passed on as it is.
func unavailable(what string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", what, err)
	}
	return fmt.Errorf("%s: %w: %w", what, region.ErrUnavailable, err)
}
