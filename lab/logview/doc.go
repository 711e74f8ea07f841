// Package logview shows the logs of the stack's parts to a person: one line each, in
// the order of time over all parts.
//
//	time, level, part, message, then the attributes
//
// The files stay as the parts wrote them: slog's text, which is for programs too, by
// regions and routers; Postgres and toxiproxy have their own forms. A line in none of
// them is shown as it is, at the time of the one before it.
//
// Failure handling: a file that is not there yet, or is replaced, is waited for: reading
// on is left to the program tail. Lines that are added while it reads on come as they
// come, each file's own in order.
package logview
