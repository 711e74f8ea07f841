package results

import (
	"fmt"
	"time"
)

// OnOff is a switch in a table, or in a claim.
func OnOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// Seconds is a time in a column of seconds.
func Seconds(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()) }

// Milliseconds is one in a column of milliseconds.
func Milliseconds(d time.Duration) string { return fmt.Sprintf("%.1f", 1000*d.Seconds()) }
