package logview

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pangea/lab/logtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What slog writes is read back as it was, whatever is in it.
func TestParse_IsTheInverseOfSlog(t *testing.T) {
	var file bytes.Buffer
	log := slog.New(slog.NewTextHandler(&file, nil)).With("region", "eu")
	values := []string{"", "plain", "two words", `a "quote" = b`, "line\nbreak", "käse", `back\slash`}
	for _, value := range values {
		file.Reset()
		log.Warn(value, "a", value, slog.Group("", "epoch", 2, "seq", 7))
		l := parse("region-eu", strings.TrimSuffix(file.String(), "\n"))
		want := map[string]string{"region": "eu", "a": value, "epoch": "2", "seq": "7"}
		if l.text != value || l.level != slog.LevelWarn || time.Since(l.time) > time.Minute || len(l.attrs) != len(want) {
			t.Errorf("%q is read as %+v", file.String(), l)
		}
		for _, a := range l.attrs {
			if want[a.Key] != a.Value.String() {
				t.Errorf("%q: %s is %q, want %q", file.String(), a.Key, a.Value, want[a.Key])
			}
		}
	}
}

var sample = map[string]string{
	"region-eu": `time=2026-11-23T15:00:00.100Z level=INFO msg="link is up" region=eu peer=us
time=2026-11-23T15:00:02.000Z level=ERROR msg="a log has stopped" region=eu peer=us origin=us epoch=1 seq=7
goroutine 1 [running]:
`,
	"postgres-eu": "2026-11-23 15:00:01.000 UTC [42] FATAL:  terminating connection\n",
	"toxiproxy":   `{"level":"info","name":"us_eu_nats","time":"2026-11-23T15:00:00Z","message":"Started proxy"}` + "\n",
}

func sources(t *testing.T) (all []Source) {
	dir := t.TempDir()
	for _, part := range []string{"region-eu", "postgres-eu", "toxiproxy"} {
		file := filepath.Join(dir, part+".log")
		if err := os.WriteFile(file, []byte(sample[part]), 0o600); err != nil {
			t.Fatal(err)
		}
		all = append(all, Source{part, file})
	}
	return all
}

// The lines of all parts come in the order of time; one without a time stays behind the
// one that it follows.
func TestView_OrdersByTime(t *testing.T) {
	var out bytes.Buffer
	if err := New(&out, false, 50, sources(t)).Show(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	want := `15:00:00.000 INF toxiproxy   Started proxy name=us_eu_nats
15:00:00.100 INF region-eu   link is up peer=us
15:00:01.000 ERR postgres-eu terminating connection pid=42
15:00:02.000 ERR region-eu   a log has stopped peer=us origin=us epoch=1 seq=7
15:00:02.000 INF region-eu   goroutine 1 [running]:
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestView_ColorsAndBounds(t *testing.T) {
	var out bytes.Buffer
	if err := New(&out, true, 1, sources(t)).Show(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(out.String(), "\n"); lines != 3 || !strings.Contains(out.String(), "\x1b[") {
		t.Errorf("%d lines, want the last one of each part, in color:\n%s", lines, out.String())
	}
}

// Following shows each line that is added once, also after the file was replaced.
func TestView_Follows(t *testing.T) {
	all := sources(t)
	out, ended := &logtest.Log{}, make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { ended <- New(out, false, 1, all).Show(ctx, true) }()
	add := func(text string) {
		t.Helper()
		f, err := os.OpenFile(all[0].File, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString("time=2026-11-23T15:00:03Z level=INFO msg=" + text + "\n"); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(20 * time.Second); strings.Count(out.String(), text) != 1; <-time.After(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s is not shown once: %q", text, out.String())
			}
		}
	}
	add("first")
	if err := os.Rename(all[0].File, all[0].File+".old"); err != nil {
		t.Fatal(err)
	}
	add("second")
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
