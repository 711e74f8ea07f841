package rehearsal

import (
	"encoding/json"
	"strings"

	"pangea/gen/history"
)

// lines are records as they stand in a file.
func lines(records []history.Record) string {
	var b strings.Builder
	for _, r := range records {
		line, _ := json.Marshal(r)
		b.Write(append(line, '\n'))
	}
	return b.String()
}
