// Package progress shows how far something is that takes longer than anyone likes to wait
// without a word: a bar on a terminal, a line now and then elsewhere.
//
// Guarantees: what is shown never holds up, and never fails, what it is about.
package progress
