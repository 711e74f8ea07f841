// Package resultstest checks that claims are about what they say: with everything as it
// should be they hold, and with one thing spoiled exactly the claim about that thing is
// broken.
package resultstest
