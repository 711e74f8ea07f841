// Package lag watches how far each region is behind each log while a load runs.
//
// It asks every region for /status once a second and compares the first third
// of the run with the last. A region that does not answer leaves no samples; it
// is never an error, because regions die in experiments.
package lag
