package main

import (
	"strings"
	"testing"
)

func TestRun_MisuseIsOneSentenceAndExitCode2(t *testing.T) {
	cases := []struct{ words, want string }{
		{"", "name a verb: partition, latency, bandwidth, skew, heal, kill, pause, destroy, start, resume, play, status, lay"},
		{"break us", `unknown verb "break": the verbs are partition,`},
		{"partition us mars", `unknown region "mars": the regions are us, eu, ap`},
		{"heal mars", `"mars" is no pair of regions`},
		{"bandwidth us eu fast", `"fast" is no rate`},
		{"skew eu -late", "flag provided but not defined: -late"},
		{"skew eu late", `"late" is no time`},
		{"pause nobody", "the parts are us, eu, ap and postgres-us"},
		{"resume", "the parts are us, eu, ap and postgres-us"},
		{"play", "name one file, such as chaos/scenarios/lost-region.txt"},
		{"play nothing.txt", "open nothing.txt: no such file"},
		{"play ../../chaos/scenarios/lost-region.txt -speed 0", "it must be above 0"},
		{"partition us eu -mode melt", "the modes are refuse and blackhole"},
		{"partition us eu --mode melt", "the modes are refuse and blackhole"},
		{"latency us eu soon", `"soon" is no round trip`},
		{"kill nobody", "the parts are us, eu, ap and postgres-us"},
		{"destroy postgres-eu", `"postgres-eu" is not one region: the regions are us, eu, ap`},
		{"kill -hard eu", "flag provided but not defined: -hard"},
		{"status now", "status takes no words"},
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

func TestRun_DryRunPrintsTheTimeline(t *testing.T) {
	var stdout, stderr strings.Builder
	args := strings.Fields("chaos -root ../.. play -dry-run ../../chaos/scenarios/slow-and-late.txt")
	if got := run(args, &stdout, &stderr); got != 0 {
		t.Fatalf("exit code %d: %s", got, stderr.String())
	}
	for _, want := range []string{
		"A slow link to a region whose clock is behind.\n",
		"    0s  skew eu -200ms                     the clock of eu is 200ms behind\n",
		"   10s  bandwidth 'us>eu' 64KB/s           each connection carries at most 64KB/s from us to eu\n",
	} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, stdout.String())
		}
	}
}
