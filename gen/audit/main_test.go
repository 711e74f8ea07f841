package audit_test

import (
	"os"
	"testing"

	"pangea/lab/stack/stacktest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	stacktest.Close()
	os.Exit(code)
}
