package api

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzDocument compares what is read with encoding/json: all that is taken is valid
// JSON of the same meaning, and walking the members finds all of them.
func FuzzDocument(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"a":1}`, ` { "a" : [ 1 , { "b" : "]}\\" } ] , "c\"" : null } `, `[{},[],"{"]`, `"\ud800"`, `1e400`,
		`{"a":{"b":{"a":1,"a":2}}}`, `{"":""}`, "{\"a\":1}x", strings.Repeat("[", 65) + strings.Repeat("]", 65),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		doc, err := document(nil, src)
		if err != nil {
			return
		}
		if !json.Valid(src) || !json.Valid(doc) {
			t.Fatalf("%q was taken, as %q", src, doc)
		}
		if n := valueLen(doc); n != len(doc) {
			t.Fatalf("the value in %q ends at %d", doc, n)
		}
		if doc[0] != '{' {
			return
		}
		want := map[string]json.RawMessage{}
		if err := json.Unmarshal(doc, &want); err != nil {
			t.Fatal(err)
		}
		count := 0
		for raw, value := range members(doc) {
			var name string
			if err := json.Unmarshal(raw, &name); err != nil {
				t.Fatalf("%q in %q: %v", raw, doc, err)
			}
			if string(want[name]) != string(value) {
				t.Fatalf("%q in %q: got %q, want %q", raw, doc, value, want[name])
			}
			count++
		}
		if count != len(want) {
			t.Fatalf("got %d members in %q, want %d", count, doc, len(want))
		}
	})
}
