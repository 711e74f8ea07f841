package porttest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
)

// The ports of all processes are below those that the system gives away, and come in
// blocks. The first port of a block is what keeps the others out: the block belongs to the
// process that listens there, as long as it lives.
const (
	firstPort = 22_000
	blocks    = 200
	blockSize = 50
)

// mine are the ports of this process.
var mine struct {
	sync.Mutex
	claims []net.Listener
	free   []int // those that were given back last come last
}

// Address is an address that nobody listens on, and that is the test's until it ends.
func Address(t testing.TB) string {
	t.Helper()
	mine.Lock()
	defer mine.Unlock()
	for {
		if len(mine.free) == 0 && !claim() {
			t.Fatalf("no free ports from %d to %d", firstPort, firstPort+blocks*blockSize)
		}
		port := mine.free[0]
		mine.free = mine.free[1:]
		l, err := listen(port)
		if err != nil { // what a killed test has left running
			continue
		}
		l.Close()
		t.Cleanup(func() { giveBack(port) })
		return l.Addr().String()
	}
}

func giveBack(port int) {
	mine.Lock()
	defer mine.Unlock()
	mine.free = append(mine.free, port)
}

// claim takes a block that nobody has.
func claim() bool {
	for _, block := range rand.Perm(blocks) {
		first := firstPort + block*blockSize
		l, err := listen(first)
		if err != nil {
			continue
		}
		mine.claims = append(mine.claims, l)
		for port := first + 1; port < first+blockSize; port++ {
			mine.free = append(mine.free, port)
		}
		return true
	}
	return false
}

func listen(port int) (net.Listener, error) {
	return net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
}
