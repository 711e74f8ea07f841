package logview

import (
	"encoding/json"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// line is one of a part's log.
type line struct {
	part  string
	time  time.Time // zero if it does not say
	level slog.Level
	text  string
	attrs []slog.Attr
}

// parse reads a line in whichever form it is.
func parse(part, text string) line {
	for _, form := range []func(string) (line, bool){parseSlog, parsePostgres, parseJSON} {
		if l, ok := form(text); ok {
			l.part = part
			return l
		}
	}
	return line{part: part, text: text}
}

// parseSlog is the inverse of slog.TextHandler.
func parseSlog(text string) (l line, ok bool) {
	if !strings.HasPrefix(text, "time=") {
		return l, false
	}
	for text != "" {
		key, rest, found := strings.Cut(text, "=")
		if !found {
			return l, false
		}
		value, after, valid := cutValue(rest)
		if !valid {
			return l, false
		}
		if !l.set(key, value) {
			l.attrs = append(l.attrs, slog.String(key, value))
		}
		text = strings.TrimPrefix(after, " ")
	}
	return l, !l.time.IsZero()
}

// cutValue takes the value, which may be quoted, from before a space.
func cutValue(text string) (value, rest string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		value, rest, _ = strings.Cut(text, " ")
		return value, rest, true
	}
	quoted, err := strconv.QuotedPrefix(text)
	if err != nil {
		return "", "", false
	}
	value, err = strconv.Unquote(quoted)
	return value, text[len(quoted):], err == nil
}

// set takes over what every line has; false if it is an attribute.
func (l *line) set(key, value string) bool {
	switch key {
	case "time":
		l.time, _ = time.Parse(time.RFC3339Nano, value)
	case "level":
		_ = l.level.UnmarshalText([]byte(value)) // another word stays info
	case "msg", "message":
		l.text = value
	default:
		return false
	}
	return true
}

// postgres is a line by log_line_prefix '%m [%p] '.
var postgres = regexp.MustCompile(`^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) UTC \[(\d+)\] (\w+):  (.*)$`)

func parsePostgres(text string) (l line, ok bool) {
	m := postgres.FindStringSubmatch(text)
	if m == nil {
		return l, false
	}
	l.time, _ = time.Parse("2006-01-02 15:04:05.000", m[1])
	l.text, l.attrs = m[4], []slog.Attr{slog.String("pid", m[2])}
	switch m[3] {
	case "WARNING":
		l.level = slog.LevelWarn
	case "ERROR", "FATAL", "PANIC":
		l.level = slog.LevelError
	case "LOG", "INFO", "NOTICE":
	default: // DETAIL, STATEMENT: of the line before
		l.text = m[3] + ": " + l.text
	}
	return l, true
}

// parseJSON reads what zerolog, and so toxiproxy, writes.
func parseJSON(text string) (l line, ok bool) {
	var fields map[string]any
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		return l, false
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		value, isText := fields[key].(string)
		if !isText || !l.set(key, value) {
			l.attrs = append(l.attrs, slog.Any(key, fields[key]))
		}
	}
	return l, !l.time.IsZero()
}
