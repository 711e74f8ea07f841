// Package apt installs Debian packages: Postgres, and what only an experiment needs. It
// changes the machine, so it refuses wherever it may not, with a sentence that says what
// to install by hand. Unpack takes a package's files without installing it.
package apt
