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

// p99 is that of the transactions in the logs whose names begin so: a line for each, with
// its time in microseconds as the third word.
func p99(prefix string) (time.Duration, error) {
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
			words := strings.Fields(line)
			if len(words) < 3 {
				continue // it was cut off
			}
			if us, err := strconv.ParseInt(words[2], 10, 64); err == nil { // a failed one has a word instead
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
