// Package logtest keeps what a part logs, for tests that read it while the part goes on.
package logtest
