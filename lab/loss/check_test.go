package loss

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"pangea/crdt"
	"pangea/gen/workload"
	"pangea/region/regiontest"
)

// scene is an experiment with three real regions, whose probes a test drives. No region
// is destroyed in it: nothing is lost but what a test plants.
type scene struct {
	*Experiment
	world *regiontest.World
	t     *testing.T
}

func newScene(t *testing.T) scene {
	w := regiontest.New(t, regiontest.Options{})
	e, err := New(Config{Rounds: 9, Rate: 1}, w.Topology, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return scene{Experiment: e, world: w, t: t}
}

// write has every probe make its writes number from to to-1.
func (s scene) write(round, from, to int) {
	s.t.Helper()
	probes, err := s.probes(round)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, p := range probes {
		for n := from; n < to; n++ {
			p.send(p.write(n))
		}
		p.client.Close()
	}
	s.world.WaitConverged(s.t)
}

// lose says that eu was lost now.
func (s scene) lose(round int) loss {
	s.t.Helper()
	l := loss{round: round, region: "eu", from: time.Now(), to: time.Now()}
	if err := s.remember(&l); err != nil {
		s.t.Fatal(err)
	}
	return l
}

// sessionOf is the database process that holds the region's lock, 0 if none does.
const sessionOf = `SELECT coalesce(max(pid), 0) FROM pg_locks WHERE locktype = 'advisory' AND granted
	AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

// plant changes rows behind the regions' back, and ends their writers' sessions, which
// remember what the rows were.
func (s scene) plant(statement string, regions ...string) {
	s.t.Helper()
	defer func() {
		for _, name := range regions {
			session := s.world.Number(s.t, name, sessionOf)
			s.world.Number(s.t, name, "SELECT count(pg_terminate_backend(pid)) FROM ("+sessionOf+") s(pid)")
			regiontest.Eventually(s.t, 30*time.Second, func() string {
				if now := s.world.Number(s.t, name, sessionOf); now == 0 || now == session {
					return name + " has no new session"
				}
				return ""
			})
		}
	}()
	for _, name := range regions {
		db, err := sql.Open("postgres", s.world.DSN(name))
		if err != nil {
			s.t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.ExecContext(s.t.Context(), statement); err != nil {
			s.t.Fatal(err)
		}
	}
}

// readBack is what the check makes of it.
func (s scene) readBack(l loss) *Round {
	s.t.Helper()
	r := newRound(Schedule{Number: l.round, Region: l.region})
	r.Verified, r.Load.OK = true, 1
	if err := s.check(s.t.Context(), r, l); err != nil {
		s.t.Fatal(err)
	}
	return r
}

// The tests share a scene, each with rounds of its own: what one has planted is struck
// out when it ends.
func TestCheck(t *testing.T) {
	s := newScene(t)
	for _, test := range []struct {
		name string
		run  func(scene)
	}{
		{"misses nothing that is there", missesNothing},
		{"sees what former rounds promised", seesFormerRounds},
		{"misses what is planted", missesWhatIsPlanted},
		{"sees other entries", seesOtherEntries},
		{"sees what is missing", seesWhatIsMissing},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.t = t
			test.run(s)
		})
	}
}

func missesNothing(s scene) {
	s.write(1, 0, 12)
	l := s.lose(1)
	s.write(1, 12, 24)
	if r := s.readBack(l); r.Broken() || r.lost().Lost > 0 || r.lost().Given != 11 || r.Former > 0 || r.Compared == 0 {
		s.t.Errorf("nothing was lost, and the round says %s (%d entries)", r, r.Compared)
	}
	// What was there after round 1 stays, whoever is lost in round 2.
	s.write(2, 0, 12)
	if r := s.readBack(s.lose(2)); r.Broken() || r.Former != 3*24 || r.Owed.total() != 2*12+12/2 {
		s.t.Errorf("nothing was lost, and the round says %s", r)
	}
	// That nothing is missing of nothing is no success.
	if r := s.readBack(loss{round: 3, region: "eu"}); !r.Broken() || len(r.Unchecked) == 0 || len(r.MissingAcks) > 0 {
		s.t.Errorf("nothing was written, and the round says %s", r)
	}
}

// A later loss must not take what an earlier one has left, and what it did take is told
// once.
func seesFormerRounds(s scene) {
	s.write(3, 0, 12)
	l := s.lose(3)
	planted := map[string]string{
		`DELETE FROM tags WHERE key LIKE '%-1-eu-local'`: "-1-eu-local has no",
		`DELETE FROM tags WHERE key LIKE '%-2-us-peer'`:  "-2-us-peer has no",
		`DELETE FROM counter WHERE key LIKE '%-1-ap'`:    "-1-ap is 0 in us: want 2 to 2",
		`DELETE FROM handle WHERE name LIKE '%-2-eu-%'`:  `has no "user:eu"`,
		`DELETE FROM profile WHERE key LIKE '%-1-us-%'`:  "-1-us-local-2 has no",
		`DELETE FROM prefs WHERE key LIKE '%-2-ap-peer'`: "-2-ap-peer has no",
	}
	for statement := range planted {
		s.plant(statement, s.world.Names()...)
	}
	r := s.readBack(l)
	missing := strings.Join(r.MissingAcks, "\n")
	for statement, want := range planted {
		if !strings.Contains(missing, want) {
			s.t.Errorf("after %s: %q is not in\n%s", statement, want, missing)
		}
	}
	if !r.Broken() || r.lost().Lost > 0 {
		s.t.Errorf("broken: %v, %s", r.Broken(), r.lost())
	}
	if r := s.readBack(l); len(r.MissingAcks) > 0 {
		s.t.Errorf("told again: %q", r.MissingAcks)
	}
}

func seesOtherEntries(s scene) {
	s.write(4, 0, 12)
	l := s.lose(4)
	lost, unheardOf := crdt.Origin{Region: "eu", Epoch: 1}, crdt.Origin{Region: "eu", Epoch: 2}
	if len(l.entries) != 2 || l.stored[lost] == 0 || l.entries[0].seq != l.stored[lost] {
		s.t.Fatalf("us and ap have %v, and last %v", l.stored, l.entries)
	}
	s.plant(`UPDATE entry SET payload = payload || '\x00' WHERE origin = 'eu'`, "ap")
	l.stored[unheardOf] = 3
	missing := strings.Join(s.readBack(l).MissingEntries, "\n")
	for _, want := range []string{
		"us ends at entry 0 of eu.2: a survivor had stored 3",
		fmt.Sprintf("ap has another entry %d of eu than us had stored", l.stored[lost]),
	} {
		if !strings.Contains(missing, want) {
			s.t.Errorf("%q is not in\n%s", want, missing)
		}
	}
	if strings.Contains(missing, "us has another") {
		s.t.Errorf("us was left alone:\n%s", missing)
	}
}

func seesWhatIsMissing(s scene) {
	planted := []struct {
		statement string
		regions   []string
		want      string // in what is missing
	}{
		{`DELETE FROM tags WHERE key LIKE '%-5-eu-peer'`, s.world.Names(), "acknowledged by eu (peer)"},
		{`DELETE FROM tags WHERE key LIKE '%-5-us-local'`, s.world.Names(), "acknowledged by us (local)"},
		{`DELETE FROM counter WHERE key LIKE '%-5-eu'`, s.world.Names(), "is 0 in ap: want 2 to 2"},
		{`DELETE FROM handle WHERE name LIKE '%-5-us-%'`, []string{"ap"}, `has no "user:us", acknowledged by us (peer)`},
		{`UPDATE counter SET p = 2 * p WHERE key LIKE '%-5-ap-local-0'`, []string{"us"}, `-5-ap-local-0 has no "0"`},
		// Those below 12 are from before the loss: the region may lose them.
		{`DELETE FROM tags WHERE key LIKE '%-5-eu-local' AND tag::int < 12`, s.world.Names(), ""},
	}
	s.write(5, 0, 12)
	l := s.lose(5)
	s.write(5, 12, 24)
	for _, p := range planted {
		s.plant(p.statement, p.regions...)
	}
	r := s.readBack(l)
	missing := strings.Join(r.MissingAcks, "\n")
	for _, p := range planted {
		if !strings.Contains(missing, p.want) {
			s.t.Errorf("after %s: %q is not in\n%s", p.statement, p.want, missing)
		}
	}
	if !r.Broken() || len(r.MissingEntries) > 0 || strings.Contains(missing, "acknowledged by eu (local)") {
		s.t.Errorf("broken: %v, entries %q, missing:\n%s", r.Broken(), r.MissingEntries, missing)
	}
	if tags := r.Acks[Kind{workload.Tags, Local}]; tags.Lost != tags.Given || tags.Lost == 0 || tags.Span <= 0 || r.lost().Lost <= tags.Lost {
		s.t.Errorf("tags: %s; all: %s; want the local ones of before the loss, and those with a peer", tags, r.lost())
	}
}

func missesWhatIsPlanted(s scene) {
	s.write(6, 0, 12)
	if missed, err := s.Experiment.plant(s.t.Context()); err != nil || !missed {
		s.t.Errorf("got %t, %v", missed, err)
	}
	idle := *s.Experiment
	idle.books = newBooks()
	if missed, err := idle.plant(s.t.Context()); err == nil || missed {
		s.t.Errorf("without a counter: got %t, %v", missed, err)
	}
}
