package bench

import (
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"
)

// Meter adds up the processor time of a benchmark's timed parts: this process's, with
// what the kernel does for it, and a database backend's. The time that passes says
// little about either on a machine that others share.
type Meter struct {
	b       *testing.B
	backend int // process id, or 0
	since   spent
	total   spent
}

type spent struct{ own, backend time.Duration }

// NewMeter begins the timed part of a benchmark: what came before is not in it. A
// backend of 0 is none.
func NewMeter(b *testing.B, backend int) *Meter {
	m := &Meter{b: b, backend: backend}
	b.ResetTimer()
	m.since = m.now()
	return m
}

// Pause stops meter and timer until Resume.
func (m *Meter) Pause() {
	m.b.StopTimer()
	m.add()
}

// Resume goes on.
func (m *Meter) Resume() {
	m.since = m.now()
	m.b.StartTimer()
}

func (m *Meter) add() {
	now := m.now()
	m.total.own += now.own - m.since.own
	m.total.backend += now.backend - m.since.backend
}

// Report ends the benchmark with the rate of units, of which each iteration had n, and
// what one costs.
func (m *Meter) Report(n int, unit string) {
	m.add()
	units := float64(n * m.b.N)
	m.b.ReportMetric(units/m.b.Elapsed().Seconds(), unit+"s/s")
	m.b.ReportMetric(microseconds(m.total.own)/units, "cpu-µs/"+unit)
	if m.total.backend > 0 {
		m.b.ReportMetric(microseconds(m.total.backend)/units, "pg-µs/"+unit)
	}
}

func microseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

func (m *Meter) now() (s spent) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		m.b.Fatal(err)
	}
	s.own = time.Duration(u.Utime.Nano() + u.Stime.Nano())
	// Linux says it in nanoseconds; elsewhere the figure is left out.
	if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", m.backend)); err == nil {
		_, _ = fmt.Sscan(string(text), (*int64)(&s.backend))
	}
	return s
}
