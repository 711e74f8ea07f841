package contract

import "strings"

func batchCases() []Case {
	keyed := map[string]string{"Idempotency-Key": "{key}"}
	return []Case{
		{"batch: every op, in order", []Step{
			{Do: "POST /batch", Header: map[string]string{"Content-Type": "application/x-ndjson"}, Body: lines(
				`{"op":"counter.incr","key":"{key}","by":5}`,
				`{"op":"counter.decr","key":"{key}","id":"{key}-x"}`,
				``,
				`{"op":"profile.put","key":"{key}","value":{"a": "\u0000"}}`,
				`{"op":"tags.add","key":"{key}","tag":"go"}`,
				`{"op":"tags.add","key":"{key}","tag":"c"}`,
				`{"op":"tags.remove","key":"{key}","tag":"c"}`,
				`{"op":"prefs.patch","key":"{key}","value":{"a":1,"b":null}}`,
			), Status: 200, Raw: `{"status":200,"id":"{key}-x","value":4,"version_vector":"`},
			{Do: "GET /counter/{key}", Status: 200, Answer: `{"value":4}`},
			{Do: "GET /profile/{key}", Status: 200, Raw: `{"a":"\u0000"}`},
			{Do: "GET /tags/{key}", Status: 200, Answer: `{"tags":["go"]}`},
			{Do: "GET /prefs/{key}", Status: 200, Answer: `{"value":{"a":1}}`},
		}},
		{"batch: a bad line harms no other", []Step{
			{Do: "POST /batch", Body: lines(
				`{"op":"counter.incr","key":"{key}"}`,
				`{"op":"counter.incr","key":"{key}","by":0}`,
				`{"op":"counter.incr","key":"{key}","by":2305843009213693952}`,
				`{"op":"counter.incr","key":"..","by":1}`,
				`{"op":"counter.incr","by":1}`,
				`{"op":"handle.put","key":"{key}"}`,
				`{"op":"tags.add","key":"{key}","by":1}`,
				`{"op":"tags.add","key":"{key}","tag":"`+strings.Repeat("x", 64<<10)+`"}`,
				`{"op":"profile.put","key":"{key}"}`,
				`{"op":"counter.incr","key":"{key}","id":""}`,
				`[`,
				`{} {}`,
				`7`,
				`{"op":"counter.incr","key":"{key}"}`,
			), Status: 200, Raw: `{"status":200,"value":2,"version_vector":"`},
			{Do: "GET /counter/{key}", Status: 200, Answer: `{"value":2}`},
			{Do: "GET /tags/{key}", Status: 200, Answer: `{"tags":[]}`},
			{Do: "GET /profile/{key}", Status: 404, Problem: "absent"},
		}},
		{"batch: repeated under one key, it happens once", []Step{
			{Do: "POST /batch", Header: keyed, Body: lines(`{"op":"counter.incr","key":"{key}"}`, `{"op":"counter.incr","key":"{key}"}`), Status: 200},
			{Do: "POST /batch", Header: keyed, Body: lines(`{"op":"counter.incr","key":"{key}"}`, `{"op":"counter.incr","key":"{key}"}`), Status: 200, Raw: `"value":2,"replayed":true`},
			{Do: "POST /batch", Header: keyed, Body: `{"op":"counter.decr","key":"{key}"}`, Status: 200, Raw: `/problems/idempotency-key-reused`},
			{Do: "GET /counter/{key}", Status: 200, Answer: `{"value":2}`},
		}},
		{"batch: without a key an id is only echoed", []Step{
			{Do: "POST /batch", Body: lines(`{"op":"counter.incr","key":"{key}","id":"1"}`, `{"op":"counter.incr","key":"{key}","id":"1"}`), Status: 200, Raw: `{"status":200,"id":"1","value":2,"version_vector":"`},
			{Do: "POST /batch", Body: `{"op":"counter.incr","key":"{key}","id":"1"}`, Status: 200, Raw: `{"status":200,"id":"1","value":3,"version_vector":"`},
			{Do: "POST /batch", Body: `{"op":"counter.decr","key":"{key}","id":"1"}`, Status: 200, Raw: `{"status":200,"id":"1","value":2,"version_vector":"`},
			{Do: "GET /counter/{key}", Status: 200, Answer: `{"value":2}`},
		}},
		{"batch: under a key, a line is known by its id wherever it is", []Step{
			{Do: "POST /batch", Header: keyed, Body: lines(`{"op":"counter.incr","key":"{key}","id":"a"}`, `{"op":"counter.incr","key":"{key}","by":10,"id":"b"}`), Status: 200, Raw: `"id":"b","value":11`},
			{Do: "POST /batch", Header: keyed, Body: lines(`{"op":"counter.incr","key":"{key}","by":10,"id":"b"}`, `{"op":"counter.incr","key":"{key}","by":100,"id":"c"}`), Status: 200, Raw: `"id":"c","value":111`},
			{Do: "POST /batch", Header: keyed, Body: `{"op":"counter.incr","key":"{key}","by":10,"id":"b"}`, Status: 200, Raw: `"id":"b","value":11,"replayed":true`},
			{Do: "POST /batch", Header: keyed, Body: `{"op":"counter.decr","key":"{key}","id":"b"}`, Status: 200, Raw: `/problems/idempotency-key-reused`},
			{Do: "POST /counter/{key}/incr", Header: map[string]string{"Idempotency-Key": "{key}/b"}, Status: 422, Problem: "idempotency-key-reused"},
			{Do: "POST /batch", Header: map[string]string{"Idempotency-Key": "{key}-2"}, Body: `{"op":"counter.incr","key":"{key}","id":"a"}`, Status: 200, Raw: `"id":"a","value":112`},
			{Do: "GET /counter/{key}", Status: 200, Answer: `{"value":112}`},
		}},
		{"batch: empty, or too large", []Step{
			{Do: "POST /batch", Status: 400, Problem: "malformed"},
			{Do: "POST /batch", Body: "\n\n", Status: 400, Problem: "malformed"},
			{Do: "POST /batch", Body: `{"op":"counter.incr","key":"{key}"}` + strings.Repeat("\n", 8<<20), Status: 413, Problem: "too-large"},
			{Do: "POST /batch", Body: `{"op":"counter.incr","key":"{key}"}` + strings.Repeat("\n", 100_001), Status: 413, Problem: "too-large"},
			{Do: "GET /counter/{key}", Status: 200, Answer: `{"value":0}`},
		}},
	}
}

func lines(text ...string) string { return strings.Join(text, "\n") + "\n" }
