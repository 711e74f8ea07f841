package lag

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSampler_TellsRisingFromFlat(t *testing.T) {
	asked := 0
	us := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		fmt.Fprintf(w, `{"region":"us","lag":{
			"eu":{"entries":%d,"writes":%d,"seconds":%g},
			"ap":{"entries":3,"writes":90,"seconds":0.1},
			"us":{"entries":0,"writes":0,"seconds":0}}}`, asked, 10*asked, 0.1*float64(asked))
	}))
	defer us.Close()
	s, err := New(map[string]string{"us": us.URL, "dead": "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	for range 9 {
		s.sample()
	}
	for _, c := range s.regions {
		c.Close()
	}
	report := s.Report()
	if len(report.Links) != 2 {
		t.Fatalf("got %+v, want two links", report.Links)
	}
	ap, eu := report.Links[0], report.Links[1]
	if ap.Rising || ap.Last.Entries != 3 || ap.Most.Writes != 90 {
		t.Errorf("ap: got %+v, want a flat lag of 3 entries", ap)
	}
	if !eu.Rising || eu.First.Writes != 20 || eu.Last.Writes != 80 || eu.Most.Writes != 90 {
		t.Errorf("eu: got %+v, want it rising from 20 to 80 writes", eu)
	}
	var out strings.Builder
	report.Print(&out)
	for _, want := range []string{"eu → us", "RISING", "flat"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, out.String())
		}
	}
}
