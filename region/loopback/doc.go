// Package loopback tells this machine from all others, by addresses and by names.
//
// A server that listens on a loopback address is for this machine alone, and yet any site
// can make a name of its own resolve to it: the browser takes its pages for that server's
// then (DNS rebinding). The name stays in the Host header, and gives it away.
package loopback
