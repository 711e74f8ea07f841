package contract

func routeCases() (cases []Case) {
	for _, path := range []string{
		"/", "//", "/profile", "/nothing", "/nothing/a", "/counter/a/reset", "/counter/a/incr/", "/counter/a/incr/b", "/profile/a/", "//profile/a",
		"/Profile/a", "/batch/", "/handle/a/b", "/../profile/a", "/console",
	} {
		cases = append(cases, Case{"routes: none at " + path, []Step{
			{Do: "GET " + path, Status: 404, Problem: "no-route"},
			{Do: "POST " + path, Status: 404, Problem: "no-route"},
		}})
	}
	allow := func(methods string) map[string]string { return map[string]string{"Allow": methods} }
	return append(cases, Case{"routes: wrong methods", []Step{
		{Do: "POST /profile/{key}", Status: 405, Problem: "wrong-method", Headers: allow("GET, HEAD, PUT")},
		{Do: "DELETE /profile/{key}", Status: 405, Problem: "wrong-method", Headers: allow("GET, HEAD, PUT")},
		{Do: "GET /counter/{key}/incr", Status: 405, Problem: "wrong-method", Headers: allow("POST")},
		{Do: "HEAD /counter/{key}/incr", Status: 405},
		{Do: "PUT /counter/{key}", Status: 405, Problem: "wrong-method", Headers: allow("GET, HEAD")},
		{Do: "PUT /prefs/{key}", Status: 405, Problem: "wrong-method", Headers: allow("GET, HEAD, PATCH")},
		{Do: "POST /handle/{key}", Status: 405, Problem: "wrong-method", Headers: allow("GET, HEAD, PUT, DELETE")},
		{Do: "GET /batch", Status: 405, Problem: "wrong-method", Headers: allow("POST")},
		{Do: "POST /metrics", Status: 405, Problem: "wrong-method", Headers: allow("GET, HEAD")},
		{Do: "OPTIONS /profile/{key}", Status: 405, Problem: "wrong-method", Headers: allow("GET, HEAD, PUT")},
		{Do: "BREW /profile/{key}", Status: 405, Problem: "wrong-method"},
	}})
}

// with is a set of headers, from names and values.
func with(pairs ...string) map[string]string {
	h := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		h[pairs[i]] = pairs[i+1]
	}
	return h
}

func headerCases() []Case {
	incr := func(status int, problem string, pairs ...string) Step {
		return Step{Do: "POST /counter/{key}/incr", Header: with(pairs...), Status: status, Problem: problem}
	}
	const unchanged, once = `{"value":0}`, `{"value":1}`
	after := func(answer string) Step { return Step{Do: "GET /counter/{key}", Status: 200, Answer: answer} }
	return []Case{
		{"content types", []Step{
			incr(200, "", "Content-Type", "application/json; charset=utf-8"),
			incr(200, "", "Content-Type", "application/x-www-form-urlencoded"),
			incr(415, "wrong-type", "Content-Type", "text/plain"),
			incr(415, "wrong-type", "Content-Type", "multipart/form-data; boundary=x"),
			incr(415, "wrong-type", "Content-Type", "application/xml"),
			incr(415, "wrong-type", "Content-Type", ";;"),
			after(`{"value":2}`),
		}},
		{"browsers of other sites", []Step{
			incr(403, "cross-origin", "Sec-Fetch-Site", "cross-site"),
			incr(403, "cross-origin", "Origin", "https://example.com"),
			incr(200, "", "Sec-Fetch-Site", "same-origin"),
			{Do: "GET /counter/{key}", Header: with("Sec-Fetch-Site", "cross-site"), Status: 200, Answer: once},
		}},
		{"vectors that are no vectors", []Step{
			incr(400, "malformed", "X-Min-Version-Vector", "us"),
			incr(400, "malformed", "X-Min-Version-Vector", "us=x"),
			incr(400, "malformed", "X-Min-Version-Vector", "us=-1"),
			incr(400, "malformed", "X-Min-Version-Vector", "us=1,us=2"),
			incr(400, "malformed", "X-Min-Version-Vector", "us=99999999999999999999"),
			incr(400, "malformed", "X-Min-Version-Vector", "mars=1"),
			incr(200, "", "X-Min-Version-Vector", ""),
			incr(200, "", "X-Min-Version-Vector", "us=0,eu=0"),
			after(`{"value":2}`),
		}},
		{"a vector out of reach", []Step{
			incr(503, "not-caught-up", "X-Min-Version-Vector", "us=4000000000000", "Prefer", "wait=0"),
			incr(503, "not-caught-up", "X-Min-Version-Vector", "us=3.1", "Prefer", "respond-async, wait=0; x=y"),
			{Do: "GET /tags/{key}", Header: with("X-Min-Version-Vector", "us=4000000000000", "Prefer", `WAIT="0"`), Status: 503, Problem: "not-caught-up"},
			{Do: "GET /digest", Header: with("X-Min-Version-Vector", "us=4000000000000", "Prefer", "wait=0"), Status: 503, Problem: "not-caught-up"},
			{Do: "POST /batch", Header: with("X-Min-Version-Vector", "us=4000000000000", "Prefer", "wait=0"), Body: `{"op":"counter.incr","key":"{key}"}`, Status: 503, Problem: "not-caught-up"},
			after(unchanged),
		}},
		{"preferences and acknowledgements that make no sense", []Step{
			incr(400, "malformed", "Prefer", "wait=soon"),
			incr(400, "malformed", "Prefer", "wait=-1"),
			incr(400, "malformed", "Prefer", "wait"),
			incr(400, "malformed", "X-Ack", "quorum"),
			incr(400, "malformed", "X-Ack", ""),
			after(unchanged),
			incr(200, "", "Prefer", "return=minimal"),
			incr(200, "", "X-Ack", "local"),
			after(`{"value":2}`),
		}},
	}
}

func onceCases() []Case {
	const once = `{"value":1}`
	return []Case{
		{"idempotency keys", []Step{
			{Do: "POST /counter/{key}/incr", Header: with("Idempotency-Key", "{key}-1"), Status: 200, Answer: once, Headers: with("Idempotency-Replayed", "")},
			{Do: "POST /counter/{key}/incr", Header: with("Idempotency-Key", "{key}-1"), Status: 200, Answer: once, Headers: with("Idempotency-Replayed", "true")},
			{Do: "POST /counter/{key}/decr", Header: with("Idempotency-Key", "{key}-1"), Status: 422, Problem: "idempotency-key-reused"},
			{Do: "POST /counter/{key}/incr", Body: `{"by":2}`, Header: with("Idempotency-Key", "{key}-1"), Status: 422, Problem: "idempotency-key-reused"},
			{Do: "PUT /profile/{key}", Body: `1`, Header: with("Idempotency-Key", "{key}-1"), Status: 422, Problem: "idempotency-key-reused"},
			{Do: "POST /counter/{key}/incr", Header: with("Idempotency-Key", ""), Status: 400, Problem: "malformed"},
			{Do: "POST /counter/{key}/incr", Header: with("Idempotency-Key", "\xff"), Status: 400, Problem: "malformed"},
			{Do: "GET /counter/{key}", Header: with("Idempotency-Key", "{key}-1"), Status: 200, Answer: once},
			{Do: "PUT /handle/{key}", Body: `{"claimant":"a"}`, Header: with("Idempotency-Key", "{key}-h"), Status: 201},
			{Do: "PUT /handle/{key}", Body: `{"claimant":"a"}`, Header: with("Idempotency-Key", "{key}-h"), Status: 201, Headers: with("Idempotency-Replayed", "true")},
			{Do: "PUT /handle/{key}", Body: `{"claimant":"b"}`, Header: with("Idempotency-Key", "{key}-h"), Status: 422, Problem: "idempotency-key-reused"},
		}},
	}
}

func accountCases() []Case {
	return []Case{
		{"digest", []Step{
			{Do: "GET /digest", Status: 200, Raw: `"counter":{"rows":`},
			{Do: "GET /digest?class=tags", Status: 200, Raw: `"buckets":["`},
			{Do: "GET /digest?class=tags&bucket=255", Status: 200, Raw: `"keys":{`},
			{Do: "GET /digest?class=stars", Status: 400, Problem: "malformed"},
			{Do: "GET /digest?bucket=1", Status: 400, Problem: "malformed"},
			{Do: "GET /digest?class=tags&bucket=256", Status: 400, Problem: "malformed"},
			{Do: "GET /digest?class=tags&bucket=-1", Status: 400, Problem: "malformed"},
		}},
		{"conflicts and ledger", []Step{
			{Do: "GET /conflicts", Status: 200, Raw: `"conflicts":[`},
			{Do: "GET /conflicts?limit=1", Status: 200},
			{Do: "GET /conflicts?limit=0", Status: 400, Problem: "malformed"},
			{Do: "GET /conflicts?limit=1001", Status: 400, Problem: "malformed"},
			{Do: "GET /conflicts?limit=all", Status: 400, Problem: "malformed"},
			{Do: "GET /conflicts?before=us-17&limit=1", Status: 200},
			{Do: "GET /conflicts?before=us-0", Status: 400, Problem: "malformed"},
			{Do: "GET /conflicts?before=", Status: 400, Problem: "malformed"},
			{Do: "POST /conflicts/us-9000000/restore", Status: 404, Problem: "absent"},
			{Do: "POST /conflicts/mars-1/restore", Status: 404, Problem: "absent"},
			{Do: "POST /conflicts/1/restore", Status: 400, Problem: "malformed"},
			{Do: "POST /conflicts/first/restore", Status: 400, Problem: "malformed"},
			{Do: "GET /conflicts/us-1/restore", Status: 405, Problem: "wrong-method"},
			{Do: "GET /ledger", Status: 200, Raw: `"ledger":[`},
		}},
		{"logs", []Step{
			{Do: "GET /log/us?from=7.1", Status: 200, Headers: map[string]string{"X-Log-Origin": "us.7", "Content-Type": "application/octet-stream"}},
			{Do: "GET /log/us", Status: 400, Problem: "malformed"},
			{Do: "GET /log/us?from=17", Status: 400, Problem: "malformed"},
			{Do: "GET /log/us?from=1.0", Status: 400, Problem: "malformed"},
			{Do: "GET /log/us?from=0.1", Status: 400, Problem: "malformed"},
			{Do: "GET /log/us?from=1.x", Status: 400, Problem: "malformed"},
			{Do: "GET /log/mars?from=1.1", Status: 404, Problem: "no-route"},
		}},
		{"snapshots", []Step{
			{Do: "GET /snapshot?for=eu", Status: 200, Raw: "pangea snapshot", Headers: with("Content-Type", "application/octet-stream")},
			{Do: "HEAD /snapshot?for=eu", Status: 200},
			{Do: "GET /snapshot", Status: 400, Problem: "malformed"},
			{Do: "GET /snapshot?for=", Status: 400, Problem: "malformed"},
			{Do: "GET /snapshot?for=us", Status: 400, Problem: "malformed"},
			{Do: "GET /snapshot?for=mars", Status: 400, Problem: "malformed"},
			{Do: "GET /snapshot/eu", Status: 404, Problem: "no-route"},
			{Do: "POST /snapshot?for=eu", Status: 405, Problem: "wrong-method", Headers: with("Allow", "GET, HEAD")},
		}},
		{"health, readiness, status, metrics", []Step{
			{Do: "GET /healthz", Status: 200, Raw: `"alive":true`},
			{Do: "HEAD /healthz", Status: 200},
			{Do: "GET /readyz", Status: 200, Raw: `"ready":true`},
			{Do: "GET /status", Status: 200, Raw: `"version_vector":`},
			{Do: "GET /metrics", Status: 200, Raw: "pangea_requests_total"},
		}},
	}
}
