package lab_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"pangea/lab"
	"pangea/region/regiontest"
)

// The verifier's own test: it must see one row that no write explains.
func TestVerify_FindsTheRowThatWasChangedBehindTheRegionsBack(t *testing.T) {
	w := regiontest.New(t, regiontest.Options{})
	regions := map[string]string{}
	for _, name := range w.Names() {
		regions[name] = w.URL(name, "")
		w.OK(t, name, "POST", "/counter/hits/incr", "")
		w.OK(t, name, "PUT", "/profile/"+name, `{"name":"Ada"}`)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := lab.Verify(ctx, regions, t.Output()); err != nil {
		t.Fatalf("before the change: %v", err)
	}
	db, err := sql.Open("postgres", w.DSN("eu"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, `UPDATE profile SET value = '{"name":"Eve"}' WHERE key = 'us'`); err != nil {
		t.Fatal(err)
	}
	report, err := lab.Verify(ctx, regions, t.Output())
	if !errors.Is(err, lab.ErrDiverged) {
		t.Fatalf("after the change: got %v, want %v", err, lab.ErrDiverged)
	}
	if d := report.Differences; len(d) != 1 || d[0].Class != "profile" || d[0].Key != "us" {
		t.Errorf("got %v, want profile us", d)
	}
}
