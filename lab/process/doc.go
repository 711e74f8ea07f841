// Package process starts programs that outlive the one that started them, and
// finds, pauses, stops and kills them again later, from any other process.
//
// A started process is known by its pid file. The file holds the pid, and the
// process inherits an open, exclusively locked descriptor of it: the kernel
// keeps that lock for as long as the process or any of its children lives, and
// drops it at their death, however they die. So a pid that was given to somebody
// else after a crash or a reboot is never taken for ours, and a postmaster that
// died counts as alive until its last backend is gone.
//
// It touches nothing but the pid and log files it is given and the processes
// whose locks it sees held.
package process
