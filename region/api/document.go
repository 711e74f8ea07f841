package api

import (
	"bytes"
	"iter"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	maxText  = 256 // bytes of a key, a tag, a field's name, a claimant
	maxDepth = 64  // of nested arrays and objects
)

// isText reports whether s is fit to be a name: short, and printable anywhere.
func isText(s string) bool {
	if s == "" || len(s) > maxText || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if unicode.IsControl(r) {
			return false
		}
	}
	return true
}

// checkKey refuses keys that could not be stored, shown or put into a URL.
func checkKey(key string) error {
	if !isText(key) {
		return badKey.because("Use a key of 1 to %d bytes of UTF-8 without control characters.", maxText)
	}
	if key == "." || key == ".." {
		return badKey.because("Use a key other than . and .., which URLs cannot carry.")
	}
	return nil
}

// document reads src, which must be one JSON text, strictly: no duplicate members,
// no invalid UTF-8. It appends it to dst without white space and otherwise as it was
// sent: numbers, escapes and the order of members are the client's.
func document(dst, src []byte) ([]byte, error) {
	if len(bytes.TrimSpace(src)) == 0 {
		return dst, malformed.because("Send a JSON body.")
	}
	doc, err := jsontext.AppendFormat(dst, src, jsontext.PreserveRawStrings(true))
	if err != nil {
		return dst, malformed.because("Send one valid JSON text: %.200v.", err)
	}
	if depth(doc[len(dst):]) > maxDepth {
		return dst, malformed.because("Nest arrays and objects at most %d deep.", maxDepth)
	}
	return doc, nil
}

// members walks the members of a compact and valid object. The names are raw, with
// quotes and escapes.
func members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		rest := object[1:]
		for len(rest) > 1 { // more than the closing brace
			n := valueLen(rest)
			name := rest[:n]
			rest = rest[n+1:]
			n = valueLen(rest)
			if !yield(name, rest[:n]) {
				return
			}
			rest = rest[n+1:]
		}
	}
}

// valueLen is the length of the value that b begins with; b is valid and compact.
func valueLen(b []byte) int {
	level, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch ch := b[i]; {
		case quoted:
			if ch == '\\' {
				i++
			} else if ch == '"' {
				quoted = false
			}
		case ch == '"':
			quoted = true
		case ch == '{' || ch == '[':
			level++
		case level > 0:
			if ch == '}' || ch == ']' {
				level--
			}
		case ch == ',' || ch == ':' || ch == '}' || ch == ']':
			return i
		}
	}
	return len(b)
}

// depth is how deep arrays and objects nest in b, which is valid.
func depth(b []byte) (deepest int) {
	level, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch ch := b[i]; {
		case quoted:
			if ch == '\\' {
				i++
			} else if ch == '"' {
				quoted = false
			}
		case ch == '"':
			quoted = true
		case ch == '{' || ch == '[':
			level++
			deepest = max(deepest, level)
		case ch == '}' || ch == ']':
			level--
		}
	}
	return deepest
}

// text is the string that a raw JSON value stands for, if it is one and fit to be a
// name.
func text(raw []byte) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	s := string(raw[1 : len(raw)-1])
	if bytes.IndexByte(raw, '\\') >= 0 {
		b, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return "", false
		}
		s = string(b)
	}
	return s, isText(s)
}

// amount is the integer that a raw JSON value stands for, if it is one of at least 1.
func amount(raw []byte) (int64, bool) {
	n, err := strconv.ParseInt(string(raw), 10, 64)
	return n, err == nil && n >= 1
}
