package region

import "errors"

// Errors that callers tell apart. Of a write, ErrUnavailable promises that nothing
// happened; ErrUnknown promises nothing: it may stand.
var (
	ErrUnavailable = errors.New("the region's database is not available")
	ErrUnknown     = errors.New("the outcome of the write is unknown")
	ErrOverflow    = errors.New("the counter would pass 2^60")
	ErrReused      = errors.New("the idempotency key was used for another request")
	ErrRejected    = errors.New("the database refused the write")
	ErrTrimmed     = errors.New("the log no longer goes back that far")
	ErrFork        = errors.New("two histories have one name")
	ErrFenced      = errors.New("another process writes this region's database")
)
