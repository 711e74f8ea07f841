// Package resultstest checks that claims are about what they say: with everything as it
// should be they hold, with one thing spoiled exactly the claim about that thing is broken, and
// of nothing none holds.
package resultstest
