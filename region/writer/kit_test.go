package writer_test

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pangea/region"
	"pangea/region/position"
	"pangea/region/regiontest"
	"pangea/region/store"
	"pangea/region/writer"
)

func TestMain(m *testing.M) { regiontest.Main(m) }

// rig is a writer on a database of its own, reached through a wire that can be cut.
type rig struct {
	dsn     string // straight to the database
	wire    *wire
	store   *store.Store
	tracker *position.Tracker
	writer  *writer.Writer
}

// newRig starts a writer for region us. change may adjust its configuration.
func newRig(t testing.TB, change func(*writer.Config)) *rig {
	t.Helper()
	r := &rig{dsn: newDatabase(t)}
	r.wire = newWire(t, r.dsn)
	r.store, r.tracker, r.writer = r.open(t, r.wire.dsn, change)
	r.run(t, r.writer)
	return r
}

func newDatabase(t testing.TB) string {
	t.Helper()
	cluster, err := regiontest.Postgres()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("writer_%d", time.Now().UnixNano())
	if err := cluster.CreateDatabase(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	return cluster.DSN(name)
}

func (r *rig) open(t testing.TB, dsn string, change func(*writer.Config)) (*store.Store, *position.Tracker, *writer.Writer) {
	t.Helper()
	s, err := store.Open(context.Background(), store.Config{DSN: dsn, Region: "us"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	c := writer.Config{Region: "us", LockPatience: 3 * time.Second}
	if change != nil {
		change(&c)
	}
	tracker := position.New("us", "us", time.Now)
	w, err := writer.New(c, s, tracker)
	if err != nil {
		t.Fatal(err)
	}
	return s, tracker, w
}

// run starts w until the test ends, and waits until it has the database.
func (r *rig) run(t testing.TB, w *writer.Writer) {
	t.Helper()
	t.Cleanup(r.start(t, w))
}

// start is run for a writer that the test stops itself.
func (r *rig) start(t testing.TB, w *writer.Writer) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if r.tracker.Local() == nil {
			return "the writer has not opened the database"
		}
		return ""
	})
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the writer ended: %v", err)
		}
	}
}

// sql runs statements on a connection past the wire.
func (r *rig) sql(t testing.TB) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), r.dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// number is the result of a query that yields one.
func number(t testing.TB, conn *pgx.Conn, query string, args ...any) (n int64) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func incr(key string) region.Write { return region.Write{Op: region.IncrCounter, Key: key, By: 1} }

// wire carries connections to a database until it is cut: then it closes the
// client's end, and leaves the server to find out by itself.
type wire struct {
	dsn      string
	listener net.Listener

	network, address string // of the database

	mu sync.Mutex
	// budget is how many bytes may still pass in each direction; negative for no end.
	up, down int
	conns    map[net.Conn]bool
	accepted int
}

func newWire(t testing.TB, dsn string) *wire {
	t.Helper()
	direct, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{up: -1, down: -1, conns: map[net.Conn]bool{}}
	w.network, w.address = pgconn.NetworkAddress(direct.Host, direct.Port)
	if w.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(w.listener.Addr().String())
	w.dsn = fmt.Sprintf("host=%s port=%s user=%s dbname=%s sslmode=disable", host, port, direct.User, direct.Database)
	var carrying sync.WaitGroup
	carrying.Go(func() {
		for {
			client, err := w.listener.Accept()
			if err != nil {
				return
			}
			carrying.Go(func() { w.carry(client) })
		}
	})
	t.Cleanup(func() {
		_ = w.listener.Close()
		w.cut()
		carrying.Wait()
	})
	return w
}

func (w *wire) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial(w.network, w.address)
	if err != nil {
		return
	}
	defer server.Close()
	w.mu.Lock()
	w.conns[client] = true
	w.accepted++
	w.mu.Unlock()
	var pumps sync.WaitGroup
	pumps.Go(func() { w.pump(server, client, &w.up) })
	pumps.Go(func() { w.pump(client, server, &w.down) })
	pumps.Wait()
}

// pump copies until either end closes or the budget is spent, and then closes both.
func (w *wire) pump(to, from net.Conn, budget *int) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n = w.spend(budget, n); n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil || w.spent(budget) {
			return
		}
	}
}

// spend takes n bytes off the budget and returns how many of them may pass.
func (w *wire) spend(budget *int, n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if *budget < 0 {
		return n
	}
	n = min(n, *budget)
	*budget -= n
	return n
}

func (w *wire) spent(budget *int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return *budget == 0
}

// limit lets only that many bytes more pass; negative for no end.
func (w *wire) limit(up, down int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.up, w.down = up, down
}

// kill cuts every connection as the client's death does: nothing more gets through,
// not even the cancel request that a living client sends. It returns when both that
// and a reconnect were in vain.
func (w *wire) kill(t testing.TB) {
	t.Helper()
	w.limit(0, 0)
	w.mu.Lock()
	before := w.accepted
	w.mu.Unlock()
	w.cut()
	regiontest.Eventually(t, regiontest.Patience, func() string {
		w.mu.Lock()
		defer w.mu.Unlock()
		if n := w.accepted - before; n < 3 {
			return fmt.Sprintf("%d connections tried", n)
		}
		return ""
	})
	w.limit(-1, -1)
}

// cut closes every client's connection.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		_ = c.Close()
	}
	clear(w.conns)
}
