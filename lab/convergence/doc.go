// Package convergence fires the same pairs of conflicting writes at every class that two
// regions may both write, and shows what each of them keeps.
//
//	profile, counter, tags, prefs: the same pairs ─▶ all regions agree ─▶ what is left of each pair
//
// The claims, each of which holds or is broken:
//
//   - counter, tags and prefs keep both writes of every pair, and neither twice;
//   - all regions hold the same in the end (I7);
//   - a profile keeps one of each pair: these were conflicts;
//   - a loss that was planted in what clients were told is found, in each class.
//
// Failure handling: see package conflict. A broken claim is a result, and no error.
package convergence
