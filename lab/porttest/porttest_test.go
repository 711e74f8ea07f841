package porttest_test

import (
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"pangea/lab/porttest"
)

// holdersKey is set for a process that only takes addresses.
const holdersKey = "PANGEA_TEST_TAKES_ADDRESSES"

const taken = 2000 // so many blocks that two processes are bound to meet

func take(t *testing.T) (addresses []string) {
	for range taken {
		addresses = append(addresses, porttest.Address(t))
	}
	return addresses
}

// Two processes that hold addresses at the same time have none in common.
func TestAddress_IsNobodyElses(t *testing.T) {
	seen := map[string]bool{}
	for _, address := range append(take(t), takenElsewhere(t)...) {
		if seen[address] {
			t.Errorf("%s was given twice", address)
		}
		seen[address] = true
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
	}
	if len(seen) != 2*taken {
		t.Errorf("%d addresses, want %d", len(seen), 2*taken)
	}
}

func takenElsewhere(t *testing.T) []string {
	t.Helper()
	other := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestTakes$", "-test.v")
	other.Env = append(os.Environ(), holdersKey+"=1")
	out, err := other.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var addresses []string
	for line := range strings.Lines(string(out)) {
		if _, address, ok := strings.Cut(strings.TrimSpace(line), "takes "); ok {
			addresses = append(addresses, address)
		}
	}
	return addresses
}

// TestTakes is the other process.
func TestTakes(t *testing.T) {
	if os.Getenv(holdersKey) == "" {
		return
	}
	for _, address := range take(t) {
		t.Log("takes " + address)
	}
}

// What a test had is there for those that follow.
func TestAddress_IsGivenBack(t *testing.T) {
	for range 6 {
		t.Run("", func(t *testing.T) { take(t) })
	}
}
