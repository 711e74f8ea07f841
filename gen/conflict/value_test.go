package conflict

import (
	"fmt"
	"strings"
	"testing"

	"pangea/gen/workload"
)

// Every class shows which of the two writes are there, and anything else is noticed.
func TestPair_Decode(t *testing.T) {
	p := Pair{Key: "k", Sides: [2]Side{{Token: "us-1", By: 7}, {Token: "eu-1", By: 30}}}
	none, first, second, both := [2]bool{}, [2]bool{true, false}, [2]bool{false, true}, [2]bool{true, true}
	for _, test := range []struct {
		class   workload.Class
		body    string
		want    [2]bool
		strange string
	}{
		{workload.Profile, `{"value":"us-1"}`, first, ""},
		{workload.Profile, `{"value":"eu-1"}`, second, ""},
		{workload.Profile, ``, none, ""},
		{workload.Profile, `{"value":"us-2"}`, none, "nobody wrote"},
		{workload.Profile, `{"value":{}}`, none, "cannot unmarshal"},
		{workload.Counter, `{"value":37}`, both, ""},
		{workload.Counter, `{"value":7}`, first, ""},
		{workload.Counter, `{"value":30}`, second, ""},
		{workload.Counter, `{"value":0}`, none, ""},
		{workload.Counter, `{"value":44}`, none, "steps of 7 and 30"}, // the first one twice
		{workload.Counter, `{"value":67}`, first, "steps of 7 and 30"},
		{workload.Counter, `{"value":-3}`, none, "steps of 7 and 30"},
		{workload.Tags, `{"tags":["eu-1","us-1"]}`, both, ""},
		{workload.Tags, `{"tags":["eu-1"]}`, second, ""},
		{workload.Tags, `{"tags":[]}`, none, ""},
		{workload.Tags, `{"tags":["ap-1","us-1"]}`, first, "nobody added"},
		{workload.Prefs, `{"value":{"first":"us-1","second":"eu-1"}}`, both, ""},
		{workload.Prefs, `{"value":{"first":"us-1"}}`, first, ""},
		{workload.Prefs, `{"value":{"first":"eu-1"}}`, none, "nobody set first"},
		{workload.Prefs, `{"value":{"third":"eu-1"}}`, none, "nobody set the fields"},
	} {
		t.Run(fmt.Sprint(test.class, test.body), func(t *testing.T) {
			got, err := p.decode(test.class, []byte(test.body))
			if got.Survived != test.want || (err == nil) != (test.strange == "") || err != nil && !strings.Contains(err.Error(), test.strange) {
				t.Errorf("got %v, %v, want %v, %q", got.Survived, err, test.want, test.strange)
			}
		})
	}
}
