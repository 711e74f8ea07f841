package pangea_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// owners lists the packages that may import a dependency, by its import path's
// prefix. All others reach it through them.
var owners = map[string][]string{
	"github.com/jackc/":                          {"pangea/region/store", "pangea/region/regiontest"},
	"github.com/nats-io/":                        {"pangea/region/stream", "pangea/region/regiontest", "pangea/lab/meter"},
	"github.com/Shopify/toxiproxy/":              {"pangea/chaos/links"},
	"github.com/valyala/fasthttp":                {"pangea/region/api"},
	"github.com/compose-spec/compose-go":         {}, // tests of package compose: docker runs the files
	"github.com/lib/pq":                          {"pangea/lab/postgres"},
	"github.com/prometheus/common/":              {"pangea/region/scrape"},
	"github.com/chromedp/":                       {"pangea/dashboards/console/browser"},
	"github.com/fergusstrange/embedded-postgres": {"pangea/lab/postgres"},
}

// components meet in programs and tests only: none imports another.
var components = []string{"shipper", "applier", "router", "gen", "chaos", "dashboards"}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func TestDependenciesHaveOneOwner(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports { // tests may reach deeper, to break things
			for prefix, allowed := range owners {
				if strings.HasPrefix(imported, prefix) && !slices.Contains(allowed, p.ImportPath) {
					t.Errorf("%s imports %s: only %s may", p.ImportPath, imported, strings.Join(allowed, " and "))
				}
			}
		}
	}
}

func TestComponentsDoNotImportEachOther(t *testing.T) {
	for _, p := range packages(t) {
		self := componentOf(p.ImportPath)
		for _, imported := range p.Imports {
			if other := componentOf(imported); self != "" && other != "" && other != self {
				t.Errorf("%s imports %s: they are to meet in a program", p.ImportPath, imported)
			}
		}
	}
}

// TestMergesArePure: crdt has the standard library only, and of that no input,
// output or chance. Times are its arguments.
func TestMergesArePure(t *testing.T) {
	banned := []string{"os", "net", "net/http", "math/rand", "math/rand/v2", "io/fs"}
	for _, p := range packages(t) {
		if p.ImportPath != "pangea/crdt" {
			continue
		}
		for _, imported := range p.Imports {
			if strings.Contains(imported, ".") || strings.HasPrefix(imported, "pangea/") || slices.Contains(banned, imported) {
				t.Errorf("crdt imports %s: a merge is a function of its arguments", imported)
			}
		}
	}
}

// TestTypesDoNotKnowTheirUsers keeps the arrows of the layout pointing one way.
func TestTypesDoNotKnowTheirUsers(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if p.ImportPath == "pangea/region" && strings.HasPrefix(imported, "pangea/region/") {
				t.Errorf("region, the types, imports %s", imported)
			}
			if imported == "pangea/lab" && p.ImportPath != "pangea/cmd/lab" {
				t.Errorf("%s imports lab, which is at the top", p.ImportPath)
			}
		}
	}
}

// componentOf is the component that a package of this module belongs to, if any.
func componentOf(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "pangea/"), "/")
	if strings.HasPrefix(path, "pangea/") && slices.Contains(components, first) {
		return first
	}
	return ""
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
