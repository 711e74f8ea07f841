package contract

import (
	"strconv"
	"strings"
)

func keyCases() []Case {
	cases := []Case{
		{"keys: a slash is legal, percent-encoded", []Step{
			{Do: "PUT /profile/{key}a%2Fb", Body: `1`, Status: 200, Answer: `{"key":"{key}a/b"}`},
			{Do: "GET /profile/{key}a%2fb", Status: 200, Answer: `{"key":"{key}a/b","value":1}`},
			{Do: "GET /profile/{key}a", Status: 404, Problem: "absent"},
			{Do: "GET /profile/{key}a/b", Status: 404, Problem: "no-route"},
			{Do: "PUT /profile/{key}%2F%7Bc%7D", Body: `2`, Status: 200, Answer: `{"key":"{key}/{c}"}`},
			{Do: "PUT /profile/%2F", Body: `3`, Status: 200, Answer: `{"key":"/"}`},
			{Do: "GET /profile/%2F", Status: 200, Answer: `{"key":"/"}`},
		}},
		{"keys: a percent sign, a space, a plus, dots", []Step{
			{Do: "PUT /profile/{key}%25%20+..", Body: `1`, Status: 200, Answer: `{"key":"{key}% +.."}`},
			{Do: "POST /counter/...{key}/incr", Status: 200, Answer: `{"key":"...{key}"}`},
		}},
		{"keys: 256 bytes are the most", []Step{
			{Do: "GET /counter/" + strings.Repeat("%C3%A9", 128), Status: 200},
			{Do: "GET /counter/" + strings.Repeat("a", 256), Status: 200},
		}},
	}
	bad := map[string]string{
		"empty": "", "257 bytes": strings.Repeat("a", 257), "NUL": "a%00", "newline": "a%0Ab", "DEL": "%7F",
		"C1 control": "%C2%85", "invalid UTF-8": "%FF", "half a character": "a%C3", "dot": ".", "dot encoded": "%2E",
		"dot dot": "..", "dot dot encoded": "%2e%2e",
	}
	for name, key := range bad {
		cases = append(cases, Case{"keys: bad: " + name, []Step{
			{Do: "PUT /profile/" + key, Body: `1`, Status: 400, Problem: "bad-key"},
			{Do: "GET /profile/" + key, Status: 400, Problem: "bad-key"},
			{Do: "POST /counter/" + key + "/incr", Status: 400, Problem: "bad-key"},
			{Do: "POST /tags/" + key + "/add", Body: `{"tag":"a"}`, Status: 400, Problem: "bad-key"},
			{Do: "PATCH /prefs/" + key, Body: `{"a":1}`, Status: 400, Problem: "bad-key"},
			{Do: "PUT /handle/" + key, Body: `{"claimant":"a"}`, Status: 400, Problem: "bad-key"},
		}})
	}
	return cases
}

func bodyCases() []Case {
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	cases := []Case{
		{"bodies: 64 KiB, and one byte more", []Step{
			{Do: "PUT /profile/{key}", Body: `"` + strings.Repeat("a", 64<<10-2) + `"`, Status: 200},
			{Do: "PUT /profile/{key}", Body: `"` + strings.Repeat("b", 64<<10-1) + `"`, Status: 413, Problem: "too-large"},
			{Do: "POST /counter/{key}/incr", Body: strings.Repeat(" ", 64<<10+1), Status: 413, Problem: "too-large"},
			{Do: "GET /profile/{key}", Status: 200, Raw: `"aaa`},
		}},
		{"bodies: 64 deep, and one more", []Step{
			{Do: "PUT /profile/{key}", Body: nested(64), Status: 200},
			{Do: "PUT /profile/{key}", Body: nested(65), Status: 400, Problem: "malformed"},
			{Do: "PUT /profile/{key}", Body: nested(20_000), Status: 400, Problem: "malformed"},
			{Do: "PUT /profile/{key}", Body: `"[[` + strings.Repeat(`\"[`, 100) + `"`, Status: 200},
			{Do: "PATCH /prefs/{key}", Body: `{"a":` + nested(64) + `}`, Status: 400, Problem: "malformed"},
			{Do: "GET /prefs/{key}", Status: 404, Problem: "absent"},
		}},
	}
	for name, body := range map[string]string{
		"empty": "", "white space": " \n", "cut short": `{"a":`, "no JSON": `hello`, "single quotes": `{'a':1}`,
		"two documents": `{} {}`, "trailing comma": `{"a":1,}`, "duplicate members": `{"a":1,"a":2}`,
		"duplicate members, escaped": `{"a":1,"\u0061":2}`, "duplicate members, nested": `{"x":[{"a":1,"a":2}]}`,
		"invalid UTF-8": "\"\xff\"", "lone surrogate": `"\ud800"`, "control character": "\"a\nb\"", "leading zero": `01`, "NaN": `NaN`,
		"byte order mark": "\ufeff1",
	} {
		cases = append(cases, Case{"bodies: malformed: " + name, []Step{
			{Do: "PUT /profile/{key}", Body: body, Status: 400, Problem: "malformed"},
			{Do: "GET /profile/{key}", Status: 404, Problem: "absent"},
			{Do: "PATCH /prefs/{key}", Body: body, Status: 400, Problem: "malformed"},
			{Do: "POST /tags/{key}/add", Body: body, Status: 400, Problem: "malformed"},
			{Do: "GET /tags/{key}", Status: 200, Answer: `{"tags":[]}`},
		}})
	}
	return append(append(cases, amountCases()...), nameCases()...)
}

func amountCases() (cases []Case) {
	for _, by := range []string{
		`0`, `-1`, `1.5`, `1.0`, `1e3`, `"1"`, `null`, `true`, `[1]`, `{}`, `9223372036854775808`, `-9223372036854775808`, `1e400`,
	} {
		cases = append(cases, Case{"by: " + by, []Step{
			{Do: "POST /counter/{key}/incr", Body: `{"by":` + by + `}`, Status: 422, Problem: "impossible"},
			{Do: "POST /counter/{key}/decr", Body: `{"by":` + by + `}`, Status: 422, Problem: "impossible"},
			{Do: "GET /counter/{key}", Status: 200, Answer: `{"value":0}`},
		}})
	}
	return append(cases, Case{"counters: no object, unknown members, malformed", []Step{
		{Do: "POST /counter/{key}/incr", Body: `5`, Status: 422, Problem: "impossible"},
		{Do: "POST /counter/{key}/incr", Body: `null`, Status: 422, Problem: "impossible"},
		{Do: "POST /counter/{key}/incr", Body: `{"by":1,"unit":"s"}`, Status: 422, Problem: "impossible"},
		{Do: "POST /counter/{key}/incr", Body: `{"by":1,"by":2}`, Status: 400, Problem: "malformed"},
		{Do: "POST /counter/{key}/incr", Body: `{"by":01}`, Status: 400, Problem: "malformed"},
		{Do: "POST /counter/{key}/incr", Body: `by=1`, Status: 400, Problem: "malformed"},
		{Do: "GET /counter/{key}", Status: 200, Answer: `{"value":0}`},
		{Do: "POST /counter/{key}/incr", Body: `{"\u0062y":2}`, Status: 200, Answer: `{"value":2}`},
	}})
}

func nameCases() (cases []Case) {
	for name, raw := range map[string]string{
		"empty": `""`, "257 bytes": `"` + strings.Repeat("a", 257) + `"`, "NUL": `"a\u0000"`, "control": `"a\tb"`, "DEL": "\"\x7f\"",
	} {
		cases = append(cases, Case{"names: bad: " + name, []Step{
			{Do: "POST /tags/{key}/add", Body: `{"tag":` + raw + `}`, Status: 422, Problem: "impossible"},
			{Do: "POST /tags/{key}/remove", Body: `{"tag":` + raw + `}`, Status: 422, Problem: "impossible"},
			{Do: "PATCH /prefs/{key}", Body: `{"good":1,` + raw + `:1}`, Status: 422, Problem: "impossible"},
			{Do: "GET /prefs/{key}", Status: 404, Problem: "absent"},
			{Do: "GET /tags/{key}", Status: 200, Answer: `{"tags":[]}`},
		}})
	}
	var many strings.Builder
	for i := range 1001 {
		many.WriteString(`,"f` + strconv.Itoa(i) + `":1`)
	}
	return append(cases, Case{"names: not there, not strings, too many", []Step{
		{Do: "POST /tags/{key}/add", Body: `{}`, Status: 422, Problem: "impossible"},
		{Do: "POST /tags/{key}/add", Body: `{"tag":1}`, Status: 422, Problem: "impossible"},
		{Do: "POST /tags/{key}/add", Body: `["go"]`, Status: 422, Problem: "impossible"},
		{Do: "POST /tags/{key}/add", Body: `{"tag":"a","tags":["b"]}`, Status: 422, Problem: "impossible"},
		{Do: "PATCH /prefs/{key}", Body: `[{"a":1}]`, Status: 422, Problem: "impossible"},
		{Do: "PATCH /prefs/{key}", Body: `null`, Status: 422, Problem: "impossible"},
		{Do: "PATCH /prefs/{key}", Body: `{` + many.String()[1:] + `}`, Status: 422, Problem: "impossible"},
		{Do: "GET /prefs/{key}", Status: 404, Problem: "absent"},
	}})
}
