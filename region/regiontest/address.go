package regiontest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
)

// ports gives each port once in a process. They are below those that the system gives
// to connections and to port 0, since a region or a link that comes back needs its
// old one.
var ports struct {
	sync.Mutex
	last int
}

const firstPort, endPort = 22_000, 32_000

// freeAddress is an address that nobody listens on just now.
func freeAddress(t testing.TB) string {
	t.Helper()
	ports.Lock()
	defer ports.Unlock()
	if ports.last == 0 {
		ports.last = firstPort + rand.IntN(endPort-firstPort) // tests of other packages run too
	}
	for range endPort - firstPort {
		if ports.last++; ports.last >= endPort {
			ports.last = firstPort
		}
		address := fmt.Sprintf("127.0.0.1:%d", ports.last)
		if l, err := net.Listen("tcp", address); err == nil {
			l.Close()
			return address
		}
	}
	t.Fatalf("no free port from %d to %d", firstPort, endPort)
	return ""
}
