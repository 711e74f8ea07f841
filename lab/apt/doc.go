// Package apt installs Debian packages that an experiment needs and the services do
// not. It changes the machine, so it refuses wherever it may not, with a sentence that
// says what to install by hand.
package apt
