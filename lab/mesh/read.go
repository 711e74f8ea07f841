package mesh

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	processed = regexp.MustCompile(`number of transactions actually processed: (\d+)`)
	given     = regexp.MustCompile(`number of failed transactions: (\d+)`)
)

// read finds the counts in what pgbench printed.
func read(printed string) (Result, error) {
	done, failed := processed.FindStringSubmatch(printed), given.FindStringSubmatch(printed)
	if done == nil || failed == nil {
		return Result{}, fmt.Errorf("printed no counts: %s", last(printed))
	}
	transactions, err := strconv.ParseUint(done[1], 10, 64)
	lost, errLost := strconv.ParseUint(failed[1], 10, 64)
	return Result{Transactions: transactions, Failed: lost}, errors.Join(err, errLost)
}

// p99 is that of the transactions in the logs whose names begin so.
func p99(prefix string, paced bool) (time.Duration, error) {
	files, err := filepath.Glob(prefix + ".*")
	if err != nil {
		return 0, err
	}
	var times []int64
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return 0, fmt.Errorf("read latencies: %w", err)
		}
		for line := range strings.Lines(string(text)) {
			if us, ok := took(strings.Fields(line), paced); ok {
				times = append(times, us)
			}
		}
	}
	if len(times) == 0 {
		return 0, errors.New("logged no transactions")
	}
	slices.Sort(times)
	return time.Duration(times[(len(times)-1)*99/100]) * time.Microsecond, nil
}

// took is the third number of a transaction's line, in microseconds. When it is paced, that
// counts from the moment at which it was due, and the seventh is how late it was sent.
func took(words []string, paced bool) (int64, bool) {
	late := int64(0)
	if paced {
		if len(words) < 7 {
			return 0, false
		}
		var err error
		if late, err = strconv.ParseInt(words[6], 10, 64); err != nil {
			return 0, false
		}
	}
	if len(words) < 3 {
		return 0, false // it was cut off
	}
	total, err := strconv.ParseInt(words[2], 10, 64) // a failed one has a word instead
	return total - late, err == nil
}
