package node_test

import (
	"testing"

	"pangea/region/api/contract"
	"pangea/region/regiontest"
)

// The HTTP contract, on a real region: each bad request gets its 4xx problem, writes
// nothing, and harms nobody.
func TestRegion_KeepsTheHTTPContract(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{})
	contract.Run(t, w.URL("us", ""))
	if d := w.Digest(t, "us"); d.Vector == "" {
		t.Errorf("digest %+v", d)
	}
}
