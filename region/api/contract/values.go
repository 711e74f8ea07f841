package contract

import "strings"

func valueCases() []Case {
	return []Case{
		{"profile: absent, put, read, replaced", []Step{
			{Do: "GET /profile/{key}", Status: 404, Problem: "absent"},
			{Do: "PUT /profile/{key}", Body: ` {"name": "Ada", "age": 36} `, Status: 200, Answer: `{"key":"{key}","value":{"name":"Ada","age":36}}`},
			{Do: "GET /profile/{key}", Status: 200, Answer: `{"key":"{key}","value":{"name":"Ada","age":36}}`},
			{Do: "PUT /profile/{key}", Body: `null`, Status: 200, Answer: `{"key":"{key}","value":null}`},
			{Do: "GET /profile/{key}", Status: 200, Answer: `{"key":"{key}","value":null}`},
		}},
		{"profile: the value is what was sent, compacted", []Step{
			{
				Do:   "PUT /profile/{key}",
				Body: `{ "z": 1.0, "a": 1e2, "big": 123456789012345678901234567890, "e": "\u0000\u00e9é\/", "n": -0 }`, Status: 200,
				Raw: `{"z":1.0,"a":1e2,"big":123456789012345678901234567890,"e":"\u0000\u00e9é\/","n":-0}`,
			},
			{Do: "GET /profile/{key}", Status: 200, Raw: `{"z":1.0,"a":1e2,"big":123456789012345678901234567890,"e":"\u0000\u00e9é\/","n":-0}`},
		}},
		{"profile: a NUL in a value is legal", []Step{
			{Do: "PUT /profile/{key}", Body: `"\u0000"`, Status: 200, Raw: `"value":"\u0000"`},
			{Do: "GET /profile/{key}", Status: 200, Raw: `"value":"\u0000"`},
		}},
		{"counter: absent is 0, up and down", []Step{
			{Do: "GET /counter/{key}", Status: 200, Answer: `{"key":"{key}","value":0}`},
			{Do: "POST /counter/{key}/incr", Status: 200, Answer: `{"key":"{key}","value":1}`},
			{Do: "POST /counter/{key}/incr", Body: ` {"by": 41} `, Status: 200, Answer: `{"value":42}`},
			{Do: "POST /counter/{key}/incr", Body: " \n", Status: 200, Answer: `{"value":43}`},
			{Do: "POST /counter/{key}/incr", Body: "{}", Status: 200, Answer: `{"value":44}`},
			{Do: "POST /counter/{key}/decr", Body: `{"by":50}`, Status: 200, Answer: `{"value":-6}`},
			{Do: "POST /counter/{key}/decr", Status: 200, Answer: `{"value":-7}`},
			{Do: "GET /counter/{key}", Status: 200, Answer: `{"value":-7}`},
			{Do: "HEAD /counter/{key}", Status: 200},
		}},
		{"counter: beyond 2^53 and up to 2^60, no further", []Step{
			{Do: "POST /counter/{key}/incr", Body: `{"by":1152921504606846976}`, Status: 200, Answer: `{"value":1152921504606846976}`},
			{Do: "POST /counter/{key}/incr", Status: 422, Problem: "overflow"},
			{Do: "POST /counter/{key}/decr", Body: `{"by":9223372036854775807}`, Status: 422, Problem: "overflow"},
			{Do: "GET /counter/{key}", Status: 200, Answer: `{"value":1152921504606846976}`},
		}},
		{"tags: add, again, remove, remove what is absent", []Step{
			{Do: "GET /tags/{key}", Status: 200, Answer: `{"key":"{key}","tags":[]}`},
			{Do: "POST /tags/{key}/remove", Body: `{"tag":"go"}`, Status: 200, Answer: `{"tags":[]}`},
			{Do: "POST /tags/{key}/add", Body: `{"tag":"go"}`, Status: 200, Answer: `{"key":"{key}","tags":["go"]}`},
			{Do: "POST /tags/{key}/add", Body: `{"tag":"go"}`, Status: 200, Answer: `{"tags":["go"]}`},
			{Do: "POST /tags/{key}/add", Body: `{"tag":"é\u00e8 \"/"}`, Status: 200, Answer: `{"tags":["go","éè \"/"]}`},
			{Do: "POST /tags/{key}/add", Body: `{"tag":"Z"}`, Status: 200, Answer: `{"tags":["Z","go","éè \"/"]}`},
			{Do: "POST /tags/{key}/remove", Body: `{"tag":"go"}`, Status: 200, Answer: `{"tags":["Z","éè \"/"]}`},
			{Do: "GET /tags/{key}", Status: 200, Answer: `{"key":"{key}","tags":["Z","éè \"/"]}`},
		}},
		{"prefs: fields are patched one by one", []Step{
			{Do: "GET /prefs/{key}", Status: 404, Problem: "absent"},
			{Do: "PATCH /prefs/{key}", Body: `{"theme":"dark","size": 1.50}`, Status: 200, Raw: `{"size":1.50,"theme":"dark"}`},
			{Do: "PATCH /prefs/{key}", Body: `{"size":null,"lang":{"ui":["en",null]}}`, Status: 200, Raw: `{"lang":{"ui":["en",null]},"theme":"dark"}`},
			{Do: "PATCH /prefs/{key}", Body: `{}`, Status: 200, Raw: `{"lang":{"ui":["en",null]},"theme":"dark"}`},
			{Do: "PATCH /prefs/{key}", Body: `{"lang":null,"theme":null}`, Status: 200, Answer: `{"key":"{key}","value":{}}`},
			{Do: "GET /prefs/{key}", Status: 200, Answer: `{"key":"{key}","value":{}}`},
		}},
		{"prefs: the content type of a merge patch", []Step{
			{Do: "PATCH /prefs/{key}", Header: map[string]string{"Content-Type": "application/merge-patch+json"}, Body: `{"a":1}`, Status: 200, Answer: `{"value":{"a":1}}`},
		}},
		{"classes do not share keys", []Step{
			{Do: "PUT /profile/{key}", Body: `1`, Status: 200},
			{Do: "GET /prefs/{key}", Status: 404, Problem: "absent"},
			{Do: "GET /counter/{key}", Status: 200, Answer: `{"value":0}`},
		}},
	}
}

func handleCases() []Case {
	return []Case{
		{"handle: claimed, again, by another, released", []Step{
			{Do: "GET /handle/{key}", Status: 404, Problem: "absent"},
			{Do: "DELETE /handle/{key}?claimant=user:1", Status: 404, Problem: "absent"},
			{Do: "PUT /handle/{key}", Body: `{"claimant":"user:1"}`, Status: 201, Answer: `{"name":"{key}","claimant":"user:1"}`},
			{Do: "PUT /handle/{key}", Body: `{"claimant":"user:1"}`, Status: 200, Answer: `{"name":"{key}","claimant":"user:1"}`},
			{Do: "PUT /handle/{key}", Body: `{"claimant":"user:2"}`, Status: 409, Problem: "taken", Answer: `{"claimant":"user:1"}`},
			{Do: "GET /handle/{key}", Status: 200, Answer: `{"name":"{key}","claimant":"user:1"}`},
			{Do: "GET /handle/{key}?consistency=eventual", Status: 200, Answer: `{"name":"{key}","claimant":"user:1"}`},
			{Do: "DELETE /handle/{key}?claimant=user:2", Status: 409, Problem: "taken", Answer: `{"claimant":"user:1"}`},
			{Do: "DELETE /handle/{key}?claimant=user:1", Status: 200, Answer: `{"name":"{key}","claimant":null}`},
			{Do: "GET /handle/{key}", Status: 404, Problem: "absent"},
			{Do: "PUT /handle/{key}", Body: `{"claimant":"user:2"}`, Status: 201, Answer: `{"claimant":"user:2"}`},
		}},
		{"handle: bad input", []Step{
			{Do: "DELETE /handle/{key}", Status: 400, Problem: "malformed"},
			{Do: "DELETE /handle/{key}?claimant=%zz", Status: 400, Problem: "malformed"},
			{Do: "DELETE /handle/{key}?claimant=", Status: 422, Problem: "impossible"},
			{Do: "GET /handle/{key}?consistency=maybe", Status: 400, Problem: "malformed"},
			{Do: "PUT /handle/{key}", Status: 400, Problem: "malformed"},
			{Do: "PUT /handle/{key}", Body: `{}`, Status: 422, Problem: "impossible"},
			{Do: "PUT /handle/{key}", Body: `{"claimant":""}`, Status: 422, Problem: "impossible"},
			{Do: "PUT /handle/{key}", Body: `{"claimant":7}`, Status: 422, Problem: "impossible"},
			{Do: "PUT /handle/{key}", Body: `{"claimant":"a\u0000"}`, Status: 422, Problem: "impossible"},
			{Do: "PUT /handle/{key}", Body: `{"claimant":"` + strings.Repeat("a", 257) + `"}`, Status: 422, Problem: "impossible"},
			{Do: "PUT /handle/{key}", Body: `{"claimant":"a","force":true}`, Status: 422, Problem: "impossible"},
			{Do: "GET /handle/{key}", Status: 404, Problem: "absent"},
		}},
	}
}
