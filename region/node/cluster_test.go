package node_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/lab/logtest"
	"pangea/region/node"
	"pangea/region/regiontest"
)

// The log of us is kept by a cluster of three NATS servers, processes of their own, and
// read by the others across links to each of them. Whatever server is killed, the stream
// has every entry of the outbox once, at its seq (I2, I3), and no acknowledged write is
// missing anywhere. It is never rebuilt: a server that is lost is no flaw.
func TestCluster_LosesServersAndNothingElse(t *testing.T) {
	t.Parallel()
	c := newClusterWorld(t)
	t.Run("the leader", func(t *testing.T) {
		leader, _ := c.leader(t)
		c.w.NATS.Kill(t, leader)
		c.waitShipped(t) // by the next one
		if next, _ := c.leader(t); next == leader {
			t.Errorf("%s was killed, and leads", next)
		}
		c.w.NATS.Start(t, leader)
		c.check(t)
	})
	t.Run("a follower", func(t *testing.T) {
		_, followers := c.leader(t)
		c.w.NATS.Kill(t, followers[0])
		c.waitShipped(t)
		c.w.NATS.Start(t, followers[0])
		c.check(t)
	})
	t.Run("two of three", func(t *testing.T) {
		leader, followers := c.leader(t)
		c.w.NATS.Kill(t, leader, followers[0])
		c.waitSeen(t) // by way of /log
		c.w.NATS.Start(t, leader, followers[0])
		c.waitShipped(t)
		c.check(t)
	})
	t.Run("all at once", func(t *testing.T) {
		c.w.NATS.Kill(t, c.w.NATS.Names()...)
		c.write(t, 20)
		c.w.NATS.Start(t, c.w.NATS.Names()...)
		c.waitShipped(t)
		c.check(t)
	})
}

// The cluster tells its clients where its servers are. A peer that went there would not
// notice that its link is cut.
func TestCluster_ACutLinkIsNotBypassed(t *testing.T) {
	t.Parallel()
	c := newClusterWorld(t)
	c.w.Cut(t, "us", "eu", links.BothWays, links.Refuse)
	before := c.w.OK(t, "eu", "GET", "/counter/cut", "").Field("value")
	c.books.send(t, c.w, "us", incr("cut"))
	regiontest.Throughout(t, 3*time.Second, func() string { return shows(t, c.w, "eu", "/counter/cut", "value", before) })
	if up := c.w.Status(t, "eu").Links[0]; up.Region != "us" || up.Up {
		t.Errorf("eu says of its link to %s that it is up: %v", up.Region, up.Up)
	}
	c.w.HealAll(t)
	c.check(t)
}

// clusterWorld has a cluster for us, and clients who write everywhere all the time.
type clusterWorld struct {
	t       *testing.T // of all that follows
	w       *regiontest.World
	books   *books
	journal *logtest.Log
	stop    func()
}

func newClusterWorld(t *testing.T) *clusterWorld {
	c := &clusterWorld{t: t, books: newBooks(), journal: &logtest.Log{}, stop: func() {}}
	c.w = regiontest.New(t, regiontest.Options{Clustered: "us", Change: func(cfg *node.Config) {
		if cfg.Region == "us" {
			cfg.StoreDir = "" // it keeps nothing on this machine
			cfg.Logger = slog.New(slog.NewTextHandler(c.journal, &slog.HandlerOptions{Level: slog.LevelInfo}))
		}
	}})
	c.resume()
	return c
}

// resume has clients write again.
func (c *clusterWorld) resume() {
	var clients []func(context.Context)
	for _, name := range c.w.Names() {
		clients = append(clients, func(ctx context.Context) {
			every(ctx, 20*time.Millisecond, func() { c.books.send(c.t, c.w, name, incr("a")) })
		})
	}
	c.stop = background(c.t, clients...)
}

// leader waits for one, and for the other two to follow it.
func (c *clusterWorld) leader(t *testing.T) (leader string, followers []string) {
	t.Helper()
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if leader, followers = c.w.StreamLeader(t, "us"); leader == "" || len(followers) != 2 {
			return fmt.Sprintf("%q leads the stream, %v follow", leader, followers)
		}
		return ""
	})
	return leader, followers
}

// write acknowledges some writes, while clients write too.
func (c *clusterWorld) write(t *testing.T, n int) {
	t.Helper()
	for range n {
		if o := c.books.send(t, c.w, "us", incr("a")); o != done {
			t.Errorf("a write was not acknowledged: %v", o)
		}
	}
}

// waitShipped waits until the stream has what is committed now.
func (c *clusterWorld) waitShipped(t *testing.T) {
	t.Helper()
	c.write(t, 5)
	head := float64(c.w.Status(t, "us").Head.Seq)
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if next := c.w.Metric(t, "us", "pangea_shipper_next_seq"); next <= head {
			return fmt.Sprintf("the stream waits for %v, the outbox had %v", next, head)
		}
		return ""
	})
}

// waitSeen waits until every region has what us has committed now.
func (c *clusterWorld) waitSeen(t *testing.T) {
	t.Helper()
	c.write(t, 5)
	head := float64(c.w.Status(t, "us").Head.Seq)
	for _, name := range []string{"eu", "ap"} {
		regiontest.Eventually(t, regiontest.Patience, func() string {
			if got := c.w.Metric(t, name, `pangea_log_applied_entries{origin="us"}`); got < head {
				return fmt.Sprintf("%s has applied %v of %v entries of us", name, got, head)
			}
			return ""
		})
	}
}

// check has the clients pause, and compares what they were told with every region, and
// the outbox with the stream. Then they go on.
func (c *clusterWorld) check(t *testing.T) {
	t.Helper()
	c.stop()
	c.w.WaitConverged(t)
	c.books.check(t, c.w)
	c.waitShipped(t)
	if first, last := c.w.StreamRange(t, "us"); first != 1 || last != c.w.Status(t, "us").Head.Seq {
		t.Errorf("the stream has %d to %d, the outbox 1 to %d", first, last, c.w.Status(t, "us").Head.Seq)
	}
	for _, cause := range []string{"absent", "emptied", "rolled_back", "damaged", "contradicted", "stuck"} {
		if n := c.w.Metric(t, "us", `pangea_shipper_rebuilds_total{cause="`+cause+`"}`); n != 0 {
			t.Errorf("the stream was rebuilt %v times, %s", n, cause)
		}
	}
	if t.Failed() || os.Getenv("PANGEA_SHOW") != "" {
		t.Logf("us says:\n%s", strings.Join(slices.Compact(ownLines(c.journal)), ""))
	}
	c.resume()
}
