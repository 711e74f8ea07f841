package stream_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"

	"pangea/lab/logtest"
	"pangea/region"
	"pangea/region/stream"
)

// A server that lets nobody in without credentials lets in a region, and a peer, with a
// file of them.
func TestCluster_ShowsItsCredentials(t *testing.T) {
	address, creds := guarded(t)
	cluster := join(t, stream.ClusterConfig{Region: "us", URL: "nats://" + address, Credentials: creds, Replicas: 1})
	l, err := cluster.Log(us)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the cluster is reached", func() bool {
		_, err := l.Tail(t.Context())
		return err == nil
	})
	if err := l.Recreate(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	publish(t, l, records(us, 1, 3, 1))
	if err := l.Offer(t.Context()); err != nil {
		t.Fatal(err)
	}
	for credentials, want := range map[string]bool{creds: true, "": false} {
		p, err := stream.Dial(stream.PeerConfig{
			Self: "eu", Name: "us", Address: "nats://" + address, Credentials: credentials, Logger: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-p.Up():
			if !want {
				t.Error("a peer without credentials was let in")
			} else if state, err := p.State(t.Context()); err != nil || state.Last != 3 {
				t.Errorf("a peer reads %+v, %v", state, err)
			}
		case <-time.After(2 * time.Second):
			if want {
				t.Error("a peer with credentials was not let in")
			}
		}
		p.Close()
	}
}

// One line tells that no server can be reached, and one that one is again, however often
// it was tried.
func TestCluster_TellsOnceThatItIsOutOfReach(t *testing.T) {
	cfg := config(t)
	first := serve(t, cfg)
	cfg.Listen = first.Address()
	log := &logtest.Log{}
	cluster := join(t, stream.ClusterConfig{
		Region: "us", URL: "nats://" + first.Address() + ",nats://127.0.0.1:1", Replicas: 1, Logger: slog.New(slog.NewTextHandler(log, nil)),
	})
	report := func() bool { return cluster.PublishReport(region.Report{Origin: us}) == nil }
	eventually(t, "a report is sent", report)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is told", func() bool { return strings.Contains(log.String(), "out of reach") })
	serve(t, cfg)
	eventually(t, "it is told", func() bool { return strings.Contains(log.String(), "in reach again") })
	eventually(t, "a report is sent", report)
	if text := log.String(); strings.Count(text, "\n") != 2 {
		t.Errorf("it took more than two lines:\n%s", text)
	}
}

func join(t *testing.T, cfg stream.ClusterConfig) *stream.Cluster {
	t.Helper()
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	c, err := stream.Join(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// guarded starts a server that asks for credentials, and makes a file of them.
func guarded(t *testing.T) (address, creds string) {
	t.Helper()
	operator, system := pair(t, nkeys.CreateOperator), pair(t, nkeys.CreateAccount)
	account, user := pair(t, nkeys.CreateAccount), pair(t, nkeys.CreateUser)
	claims := jwt.NewAccountClaims(public(t, account))
	claims.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: -1, DiskStorage: -1, Streams: -1, Consumer: -1}
	signed := func(c jwt.Claims, by nkeys.KeyPair) string {
		text, err := c.Encode(by)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	resolver := &server.MemAccResolver{}
	for _, c := range []*jwt.AccountClaims{claims, jwt.NewAccountClaims(public(t, system))} {
		if err := resolver.Store(c.Subject, signed(c, operator)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, JetStream: true, StoreDir: t.TempDir(),
		TrustedKeys: []string{public(t, operator)}, AccountResolver: resolver, SystemAccount: public(t, system),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server is not ready")
	}
	seed, err := user.Seed()
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.FormatUserConfig(signed(jwt.NewUserClaims(public(t, user)), account), seed)
	if err != nil {
		t.Fatal(err)
	}
	creds = filepath.Join(t.TempDir(), "us.creds")
	if err := os.WriteFile(creds, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return s.Addr().String(), creds
}

func pair(t *testing.T, create func() (nkeys.KeyPair, error)) nkeys.KeyPair {
	t.Helper()
	k, err := create()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func public(t *testing.T, k nkeys.KeyPair) string {
	t.Helper()
	text, err := k.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); <-time.After(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not after 20 s: %s", what)
		}
	}
}
