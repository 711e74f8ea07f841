package main

import (
	"strings"
	"testing"
)

func TestRun_MisuseIsOneSentenceAndExitCode2(t *testing.T) {
	cases := []struct{ words, want string }{
		{"", "name a verb: partition, heal, latency, kill, destroy, start, status, lay"},
		{"break us", `unknown verb "break": the verbs are partition,`},
		{"partition us mars", `unknown region "mars": the regions are us, eu, ap`},
		{"heal us", `"us" is no pair of regions`},
		{"partition us eu -mode melt", "the modes are refuse and blackhole"},
		{"partition us eu --mode melt", "the modes are refuse and blackhole"},
		{"latency us eu soon", `"soon" is no round trip`},
		{"kill nobody", "the parts are us, eu, ap and postgres-us"},
		{"destroy postgres-eu", `"postgres-eu" is not one region: the regions are us, eu, ap`},
		{"kill -hard eu", "flag provided but not defined: -hard"},
		{"status now", "status takes no words"},
		{"lay us eu", "lay takes no words"},
	}
	for _, c := range cases {
		var stdout, stderr strings.Builder
		words := strings.Fields("chaos -root ../.. " + c.words)
		if got, want := run(words, &stdout, &stderr), 2; got != want {
			t.Errorf("chaos %s: exit code %d, want %d", c.words, got, want)
		}
		if got := stderr.String(); !strings.Contains(got, c.want) || strings.Count(got, "\n") != 1 {
			t.Errorf("chaos %s: says %q, want one line with %q", c.words, got, c.want)
		}
		if stdout.Len() > 0 {
			t.Errorf("chaos %s: prints %q to stdout", c.words, stdout.String())
		}
	}
}

func TestRun_WhatDidNotWorkIsExitCode1(t *testing.T) {
	var stdout, stderr strings.Builder
	if got, want := run([]string{"chaos", "-root", t.TempDir(), "status"}, &stdout, &stderr), 1; got != want {
		t.Errorf("exit code %d, want %d", got, want)
	}
	if got, want := stderr.String(), "topology.yaml: no such file"; !strings.Contains(got, want) {
		t.Errorf("it says %q, want %q", got, want)
	}
}
