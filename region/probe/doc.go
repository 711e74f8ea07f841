// Package probe asks a part whether it serves: the local stack while it waits for its
// parts, and a part's own program when it is run as the health check of its container.
//
// It asks once, over HTTP, on a connection that is not kept, and changes nothing. Its
// error is fit for a user: the reason in the part's own words, or why there is none.
package probe
