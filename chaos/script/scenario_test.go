package script_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pangea/chaos"
	"pangea/chaos/links"
	"pangea/chaos/script"
	"pangea/lab/stack"
	"pangea/lab/stack/stacktest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		stacktest.Close()
		os.Exit(code)
	}))
}

// open is the world of a root, started or not.
func open(t *testing.T, root string) (*chaos.World, *stack.Stack) {
	t.Helper()
	s, err := stack.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	return &chaos.World{
		Topology: s.Topology(), Network: links.Open(s.Topology()), Processes: s, Progress: t.Output(),
	}, s
}

func write(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "test.txt")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Those that come along are right, and leave nothing broken by themselves.
func TestLoad_TheScenariosOfTheRepository(t *testing.T) {
	files, err := filepath.Glob("../scenarios/*.txt")
	if err != nil || len(files) < 3 {
		t.Fatalf("found %v, %v", files, err)
	}
	w, _ := open(t, "../..")
	for _, file := range files {
		s, err := script.Load(file, w)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		last := s.Steps[len(s.Steps)-1]
		if verb, _, _ := strings.Cut(last.Command, " "); s.Title == "" || len(s.Steps) < 5 || (verb != "heal" && verb != "resume") {
			t.Errorf("%s: %q, %d steps, ends with %q; want a title, and an end that mends", file, s.Title, len(s.Steps), last.Command)
		}
	}
}

func TestLoad_ReadsTimesCommandsAndComments(t *testing.T) {
	w, _ := open(t, "../..")
	s, err := script.Load(write(t, `
  # A title
# no title
at 0s    partition   'us>eu'   -mode blackhole   # a comment

at 1m30s skew eu -200ms
at 90s pause postgres-eu`), w)
	if err != nil {
		t.Fatal(err)
	}
	want := `A title
    0s  partition 'us>eu' -mode blackhole  us's data does not reach eu (2 links blackholed)
 1m30s  skew eu -200ms                     the clock of eu is 200ms behind
 1m30s  pause postgres-eu                  postgres-eu stands still (kill -STOP)
`
	if got := s.String(); got != want || s.Length() != 90*time.Second {
		t.Errorf("got %v\n%s\nwant\n%s", s.Length(), got, want)
	}
}

// Every wrong line is named with file and line, in one error, and with what would be right.
func TestLoad_NamesEveryWrongLine(t *testing.T) {
	w, _ := open(t, "../..")
	path := write(t, `at 10s partition us eu
at 5s heal
in 10s heal
at noon heal
at 20s
at -1s heal
at 20s break eu
at 20s partition us mars
at 20s partition us eu -mode melt
at 20s kill eu -hard
at 20s start -help
at 20s play it.txt
at 20s heal us eu`)
	_, err := script.Load(path, w)
	if misuse := (*chaos.Misuse)(nil); !errors.As(err, &misuse) {
		t.Fatalf("got %v, want a misuse", err)
	}
	want := []string{
		`2: 5s comes after 10s: write the steps in the order`,
		`3: "in 10s heal" is no step: write it as "at 30s partition us eu"`,
		`4: "noon" is no time: write it as 30s`,
		`5: "at 20s" is no step`,
		`6: "-1s" is no time`,
		`7: unknown verb "break": the verbs are partition,`,
		`8: unknown region "mars": the regions are us, eu, ap`,
		`9: unknown mode "melt": the modes are refuse and blackhole`,
		`10: flag provided but not defined: -hard`,
		`11: flag provided but not defined: -help`,
		`12: unknown verb "play": the verbs are partition,`,
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != len(want) {
		t.Fatalf("got %d lines, want %d:\n%v", len(lines), len(want), err)
	}
	for i, line := range lines {
		if !strings.HasPrefix(line, path+":"+want[i]) {
			t.Errorf("got %q, want %q", line, want[i])
		}
	}
	for text, want := range map[string]string{"# nothing\n": `has no line such as "at 30s partition us eu"`, "": "has no line"} {
		if _, err := script.Load(write(t, text), w); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}
