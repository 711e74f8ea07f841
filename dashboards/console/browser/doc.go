// Package browser tests the live console in a real Chromium, on a real local stack under
// load. Its tests have the build tag browser, as Chromium is not on every machine:
// `go tool task test:browser` installs it where it may, and runs them.
//
// They write what they see to docs/images. A page that logs an error, breaks its own
// Content-Security-Policy, or cannot be used without seeing it, fails them.
package browser
