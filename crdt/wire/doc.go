// Package wire puts the merge types into bytes, and takes them out of bytes that
// nobody vouches for: log entries, which are stored for good, and snapshots. Numbers
// are varints, strings follow their length.
//
// It is pure. A Reader never panics, and takes no more memory than a fixed multiple
// of the text it reads. What a run of values means is for its user to say.
package wire
