package seed_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"pangea/chaos/links"
	"pangea/region"
	"pangea/region/seed"
)

// A region that lost its database joins the first donor's snapshot, once.
func TestSeeder_JoinsTheFirstDonor(t *testing.T) {
	w := begin(t, seed.Config{}, whole("eu"), whole("ap"))
	w.waitJoined(t, "eu")
	if why, _ := w.tracker.Need(); why != "" {
		t.Errorf("a snapshot is still needed: %s", why)
	}
	eventually(t, func() string {
		_, reason := w.tracker.Ready()
		return reason
	})
	eventually(t, func() string {
		s := w.seeder.Status()
		if s.Why != "" || s.Donor != "" || s.Last == nil || s.Last.Donor != "eu" || s.Last.Rows != rows {
			return fmt.Sprintf("status %+v, last %+v", s, s.Last)
		}
		return ""
	})
	w.showsMetrics(t, `pangea_seed_joins_total{result="joined"} 1`, `pangea_seed_joins_total{result="failed"} 0`,
		fmt.Sprintf("pangea_seed_rows_total %d", rows), "pangea_seed_needed 0", "pangea_seed_active 0")
	for _, words := range [][]string{{"joining a snapshot", "peer=eu", "database is empty"}, {"joined a snapshot", "peer=eu", fmt.Sprintf("rows=%d", rows), "took="}} {
		if lines := w.log.With(words...); len(lines) != 1 {
			t.Errorf("lines with %q: %q", words, lines)
		}
	}
}

// Whatever is wrong with the first donor, nothing of its snapshot is taken, and the
// second one's is.
func TestSeeder_AsksTheNextDonor(t *testing.T) {
	eu := whole("eu")
	stream := bytesOf(t, eu)
	half := stream[:len(stream)/2]
	damaged := slices.Clone(stream)
	damaged[len(damaged)/2] ^= 1
	send := func(b []byte, then func(context.Context) error) give {
		return func(ctx context.Context, w io.Writer) error {
			if _, err := w.Write(b); err != nil {
				return err
			}
			return then(ctx)
		}
	}
	done := func(context.Context) error { return nil }
	silent := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for name, c := range map[string]struct {
		eu    give
		cause string
	}{
		"dies half-way":      {send(half, func(context.Context) error { return errors.New("killed") }), "unexpected EOF"},
		"ends half-way":      {send(half, done), "unexpected EOF"},
		"falls silent":       {send(half, silent), "sends nothing more"},
		"is silent at once":  {mute, "timeout awaiting response headers"},
		"sends a wrong byte": {send(damaged, done), "damaged"},
		"does not stop":      {send(append(slices.Clone(stream), stream...), done), "damaged"},
		"is another region":  {whole("ap"), "it is ap's"},
		"refuses":            {func(context.Context, io.Writer) error { return region.ErrUnavailable }, "503 Service Unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := begin(t, seed.Config{IdleTimeout: 2 * time.Second, AnswerTimeout: 2 * time.Second}, c.eu, whole("ap"))
			w.waitJoined(t, "ap")
			if lines := w.log.With("was not joined", "peer=eu", c.cause, `next="asking ap"`); len(lines) != 1 {
				t.Errorf("no line says that eu failed with %q, and what is next: %q", c.cause, w.log.With())
			}
			w.showsMetrics(t, `pangea_seed_joins_total{result="joined"} 1`, `pangea_seed_joins_total{result="failed"} 1`)
		})
	}
}

// mute does not even begin.
func mute(ctx context.Context, _ io.Writer) error { <-ctx.Done(); return ctx.Err() }

// A link that is cut with half of the snapshot across it ends the attempt, whether the
// connection breaks or the bytes just vanish.
func TestSeeder_LinkIsCut(t *testing.T) {
	for _, mode := range []links.Mode{links.Refuse, links.Blackhole} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			sent, cut := make(chan struct{}), make(chan struct{})
			stream := bytesOf(t, whole("eu"))
			eu := func(_ context.Context, w io.Writer) error {
				if _, err := w.Write(stream[:len(stream)/2]); err != nil {
					return err
				}
				close(sent)
				<-cut
				_, err := w.Write(stream[len(stream)/2:])
				return err
			}
			w := begin(t, seed.Config{IdleTimeout: 2 * time.Second}, eu, whole("ap"))
			<-sent
			if err := w.links.Partition(t.Context(), "us", "eu", links.BothWays, mode); err != nil {
				t.Fatal(err)
			}
			close(cut)
			w.waitJoined(t, "ap")
		})
	}
}

// While a snapshot is joined, everyone can see how far it has come; and the region does
// not serve.
func TestSeeder_TellsHowFarItIs(t *testing.T) {
	stream, finish := bytesOf(t, whole("eu")), make(chan struct{})
	eu := func(_ context.Context, w io.Writer) error {
		if _, err := w.Write(stream[:len(stream)/2]); err != nil {
			return err
		}
		<-finish
		_, err := w.Write(stream[len(stream)/2:])
		return err
	}
	w := begin(t, seed.Config{ProgressEvery: 20 * time.Millisecond}, eu, whole("ap"))
	eventually(t, func() string {
		s := w.seeder.Status()
		if s == nil || s.Donor != "eu" || s.Rows < rows/4 || s.Of != rows || s.Bytes < int64(len(stream)/4) || s.Seconds <= 0 || s.SecondsLeft <= 0 || s.Why == "" {
			return fmt.Sprintf("status %+v", s)
		}
		if left := s.Seconds * float64(s.Of-s.Rows) / float64(s.Rows); math.Abs(left-s.SecondsLeft) > 1e-6 {
			t.Errorf("%v s left, want %v", s.SecondsLeft, left)
		}
		return ""
	})
	if ok, reason := w.tracker.Ready(); ok || !strings.Contains(reason, "snapshot of eu") {
		t.Errorf("ready %t, %q", ok, reason)
	}
	w.showsMetrics(t, "pangea_seed_needed 1", "pangea_seed_active 1")
	eventually(t, func() string {
		if len(w.log.With("under way", "peer=eu", "rows=", fmt.Sprintf("of_about=%d", rows), "rows_per_s=", "left=")) == 0 {
			return "no line of progress"
		}
		return ""
	})
	close(finish)
	w.waitJoined(t, "eu")
}

// With no donor that can give a whole one, it asks again and again, less and less often, and
// joins the first that comes.
func TestSeeder_NeverGivesUp(t *testing.T) {
	able := make(chan struct{})
	half := bytesOf(t, whole("eu"))
	half = half[:len(half)/2]
	donor := func(name string) give {
		return func(ctx context.Context, w io.Writer) error {
			select {
			case <-able:
				return whole(name)(ctx, w)
			default:
				if _, err := w.Write(half); err != nil {
					return err
				}
				return errors.New("killed")
			}
		}
	}
	w := begin(t, seed.Config{}, donor("eu"), donor("ap"))
	said := make(needs)
	go func() { _ = w.tracker.Report(t.Context(), said) }()
	next := regexp.MustCompile(`next="asking again in (\S+)"`)
	var pauses []time.Duration
	eventually(t, func() string {
		pauses = pauses[:0]
		for _, line := range w.log.With("peer=ap", "asking again") {
			d, err := time.ParseDuration(next.FindStringSubmatch(line)[1])
			if err != nil {
				t.Fatal(err)
			}
			pauses = append(pauses, d)
		}
		if len(pauses) < 6 {
			return fmt.Sprintf("asked in %d rounds", len(pauses))
		}
		return ""
	})
	for i, d := range pauses {
		mean := min(20*time.Millisecond<<min(i, 5), 80*time.Millisecond)
		if d < mean/2-time.Millisecond || d > mean*3/2+time.Millisecond {
			t.Errorf("pause %d is %s, want about %s", i, d, mean)
		}
	}
	eventually(t, func() string {
		if _, reason := w.tracker.Ready(); !strings.Contains(reason, "needs a peer's snapshot") {
			return "between two attempts the region is not ready as " + reason
		}
		return ""
	})
	if s := w.seeder.Status(); s.Why == "" || s.Failure == "" || s.Last != nil {
		t.Errorf("status %+v", s)
	}
	if <-said {
		t.Error("other regions are to wait for it")
	}
	close(able)
	w.waitJoined(t, "")
}

// needs is whether the region announces that it needs a snapshot.
type needs chan bool

func (n needs) PublishReport(r region.Report) error {
	select {
	case n <- r.Needs:
	default:
	}
	return nil
}

func TestNew_RefusesAnIncompleteConfig(t *testing.T) {
	address := func(string) string { return "" }
	for name, cfg := range map[string]seed.Config{
		"no region":         {Address: address},
		"no address":        {Region: "us"},
		"the least is most": {Region: "us", Address: address, RetryMin: time.Second, RetryMax: time.Millisecond},
	} {
		if _, err := seed.New(cfg, nil, nil); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestMetrics_Lint(t *testing.T) {
	w := begin(t, seed.Config{}, whole("eu"), whole("ap"))
	problems, err := testutil.GatherAndLint(w.registry)
	if err != nil || len(problems) > 0 {
		t.Errorf("got %v, %v, want none", problems, err)
	}
	w.waitJoined(t, "eu")
}

// waitJoined waits until a whole snapshot of donor, or of anyone, was joined: one.
func (w *world) waitJoined(t *testing.T, donor string) {
	t.Helper()
	eventually(t, func() string {
		if len(w.log.With("joined a snapshot")) == 0 {
			return fmt.Sprintf("nothing was joined; the log is %q", w.log.With())
		}
		return ""
	})
	joins := w.writer.joined()
	if len(joins) != 1 || donor != "" && joins[0].donor != donor {
		t.Fatalf("%d snapshots were joined, the first of %s, want one of %s", len(joins), joins[0].donor, donor)
	}
	if got := joins[0]; len(got.rows) != rows || !slices.Equal(got.entries, []uint64{11}) {
		t.Errorf("%d rows and entries %v were joined, want %d and [11]", len(got.rows), got.entries, rows)
	}
}

func (w *world) showsMetrics(t *testing.T, lines ...string) {
	t.Helper()
	page := w.metrics()
	for _, line := range lines {
		if !strings.Contains(page, "\n"+line+"\n") {
			t.Errorf("no %q in the metrics:\n%s", line, page)
		}
	}
}
