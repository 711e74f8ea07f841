package writer_test

import (
	"fmt"
	"testing"
	"time"

	"pangea/region/bench"
	"pangea/region/writer"
)

// newStraightRig is newRig on a connection that nothing stands between.
func newStraightRig(t testing.TB, change func(*writer.Config)) *rig {
	t.Helper()
	r := &rig{dsn: newDatabase(t)}
	r.store, r.tracker, r.writer = r.open(t, r.dsn, change)
	r.run(t, r.writer)
	return r
}

// backend is the process id of the writer's database backend.
func (r *rig) backend(t testing.TB) int {
	return int(number(t, r.sql(t), `select pid from pg_locks where locktype = 'advisory' and granted
		and database = (select oid from pg_database where datname = current_database())`))
}

// BenchmarkWriter_DoAll is one caller's writes as groups of their own: what the writer
// adds to BenchmarkSession_GroupCommit in processor time. The time that passes has the
// pause in it that the writer makes between groups.
func BenchmarkWriter_DoAll(b *testing.B) {
	r := newStraightRig(b, func(c *writer.Config) { c.LocalPace = time.Nanosecond })
	backend := r.backend(b)
	writes := bench.NewWrites(1)
	for _, n := range bench.Sizes {
		b.Run(fmt.Sprintf("writes=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			m := bench.NewMeter(b, backend)
			for b.Loop() {
				_, errs := r.writer.DoAll(b.Context(), writes.Group(n))
				for _, err := range errs {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
			m.Report(n, "write")
		})
	}
}
