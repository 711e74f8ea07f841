package topology_test

import (
	"os"
	"strings"
	"testing"

	"pangea/region/topology"
)

func TestRegion_DSN(t *testing.T) {
	for postgres, want := range map[string]string{
		"127.0.0.1:5401": "postgres://pangea@127.0.0.1:5401/pangea?sslmode=disable",
		"postgres://me:secret@db.eu/pangea?sslmode=verify-full": "postgres://me:secret@db.eu/pangea?sslmode=verify-full",
		"host=db.eu user=me passfile=/run/secrets/pgpass":       "host=db.eu user=me passfile=/run/secrets/pgpass",
	} {
		top := *load(t)
		top.Regions = append([]topology.Region(nil), top.Regions...)
		top.Regions[0].Postgres = postgres
		if err := top.Validate(); err != nil {
			t.Errorf("%s: %v", postgres, err)
		}
		if got := top.Regions[0].DSN(); got != want {
			t.Errorf("%s is %s, want %s", postgres, got, want)
		}
	}
}

// What is wrong with topology.yaml is told without what stands around it.
func TestLoad_ShowsNoPassword(t *testing.T) {
	whole, err := os.ReadFile("../../topology.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]*strings.Replacer{
		"a misspelt field beside it": strings.NewReplacer("postgres: 127.0.0.1:5401", "postgres: postgres://me:hunter2@db/x", "monitor: 127.0.0.1:8201", "moniter: 127.0.0.1:8201"),
		"no scheme":                  strings.NewReplacer("postgres: 127.0.0.1:5401", "postgres: me:hunter2@db"),
		"broken YAML":                strings.NewReplacer("postgres: 127.0.0.1:5401", "postgres: [postgres://me:hunter2@db/x"),
	} {
		_, err := topology.Load(write(t, spoil.Replace(string(whole))))
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
