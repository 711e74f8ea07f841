package store_test

import (
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/bench"
)

// benchRows is how many counters and how many profiles are there before a benchmark.
const benchRows = 100_000

// newStage opens a session on a database with the rows of the most popular keys.
func newStage(b *testing.B) *stage {
	b.Helper()
	dsn := database(b)
	r := &stage{applied: crdt.Vector{eu: 2_345_678, ap: 1_234_567}}
	r.store, r.Session = openAt(b, dsn, 0)
	conn, err := pgx.Connect(b.Context(), dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	for _, statement := range []string{
		`insert into profile select 'user:' || i, '{"name":"Ada Lovelace","mail":"ada@example.org"}', 1, 'eu', 1, i + 1
			from generate_series(0, $1 - 1) i`,
		`insert into counter select 'user:' || i, 'eu', i, 0 from generate_series(0, $1 - 1) i`,
	} {
		if _, err := conn.Exec(b.Context(), statement, benchRows); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := conn.Exec(b.Context(), "vacuum analyze"); err != nil {
		b.Fatal(err)
	}
	err = conn.QueryRow(b.Context(), `select pid from pg_locks where locktype = 'advisory' and granted
		and database = (select oid from pg_database where datname = current_database())`).Scan(&r.backend)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// BenchmarkStore_Profile is the read of one row by each of many clients.
func BenchmarkStore_Profile(b *testing.B) {
	r := newStage(b)
	b.Run("clients=128", func(b *testing.B) {
		b.ReportAllocs()
		b.SetParallelism(64)
		m := bench.NewMeter(b, 0)
		b.RunParallel(func(pb *testing.PB) {
			random := rand.New(rand.NewPCG(1, 1))
			for pb.Next() {
				key := bench.Key(random.Uint64N(benchRows))
				if _, ok, err := r.store.Profile(b.Context(), key); !ok || err != nil {
					b.Error(key, ok, err)
					return
				}
			}
		})
		m.Report(1, "read")
	})
}

// BenchmarkStore_Digest reads and hashes the whole state.
func BenchmarkStore_Digest(b *testing.B) {
	r := newStage(b)
	b.ReportAllocs()
	m := bench.NewMeter(b, 0)
	for b.Loop() {
		d, err := r.store.Digest(b.Context(), 0, -1)
		if got := d.Classes[region.Profile.String()].Rows; err != nil || got != benchRows {
			b.Fatal(got, err)
		}
	}
	m.Report(2*benchRows, "row")
}
