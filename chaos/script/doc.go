// Package script is the language of chaos: one table of verbs, for the command line and for
// scenario files.
//
//	# A region is lost and comes back.
//	at 0s   kill eu
//	at 15s  start eu
//
// A line is a time after the beginning and a command as one would type it; # begins a
// comment. Times do not go back. There is no other syntax: no repetition, no condition, no
// variable. A scenario is to be read aloud.
//
// Guarantees: a file is checked whole before its first fault is done, and every wrong line
// is named with what would be right. Commands are done in order, one at a time, each at its
// time or, if the one before took longer, as soon as that is done. However a play ends, by
// its last line, an error or Ctrl-C, what it broke is mended, so that it can be played
// again: links and clocks are as in the topology, parts run. Data that it destroyed comes
// from the region's peers, as far as they have it.
//
// Failure handling: a command that fails ends the play. Mending goes on where one part of it
// fails, within mendWithin, and says what it could not mend.
package script
