package regiontest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"pangea/lab/postgres"
)

// Postgres is the cluster that all tests of this process share: each makes
// databases of its own.
var Postgres = sync.OnceValues(func() (*postgres.Cluster, error) {
	started = true
	return postgres.Temporary(context.Background())
})

var started bool // by the first test that needed it

// forever are the goroutines that a cut of a busy connection leaves behind (see package
// links), the clock of the HTTP server, of which a process has one, and those of a file store
// that the NATS server, now and then, does not end when a harmed stream is deleted under it.
var forever = []goleak.Option{
	goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
	goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"),
	goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).read"),
	goleak.IgnoreAnyFunction("github.com/nats-io/nats-server/v2/server.(*fileStore).flushStreamStateLoop"),
	goleak.IgnoreAnyFunction("github.com/nats-io/nats-server/v2/server/ats.Register.func1"),
}

// Main runs the tests of a package, ends what they share, and fails if a goroutine
// is left over. It is for TestMain.
func Main(m *testing.M) {
	if code, ok := runNATS(); ok {
		os.Exit(code)
	}
	if code, ok := runWithMounts(); ok {
		os.Exit(code)
	}
	code := m.Run()
	if started {
		if cluster, err := Postgres(); err == nil {
			if err := cluster.Close(); err != nil {
				fmt.Fprintln(os.Stderr, "end the tests' Postgres:", err)
				code = max(code, 1)
			}
		}
	}
	if err := goleak.Find(forever...); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "left over:", err)
		code = 1
	}
	os.Exit(code)
}
