package main

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pangea/chaos/links"
	"pangea/dashboards/console"
	"pangea/region/topology"
)

// TestDirected_IsTheWorseOfTheTwoProtocols: data flows to who dials.
func TestDirected_IsTheWorseOfTheTwoProtocols(t *testing.T) {
	state := func(dialer, target string, protocol topology.Protocol, health links.Health, rtt time.Duration) links.LinkState {
		return links.LinkState{Link: topology.Link{Dialer: dialer, Target: target, Protocol: protocol}, Health: health, RTT: rtt}
	}
	got := directed([]links.LinkState{
		state("eu", "us", "nats", links.Healthy, 80), state("eu", "us", "http", links.Refused, 90),
		state("us", "eu", "nats", links.Blackholed, 80), state("us", "eu", "http", links.Healthy, 80),
		state("us", "ap", "nats", links.Healthy, 150), state("us", "ap", "http", links.Healthy, 150),
	})
	want := []console.Wire{
		{From: "us", To: "eu", RTT: 90, State: "refused"},
		{From: "eu", To: "us", RTT: 80, State: "blackholed"},
		{From: "ap", To: "us", RTT: 150, State: console.Healthy},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWires_AskOneQuestionAtATime: a toxiproxy that takes connections and says nothing is
// not asked again and again.
func TestWires_AskOneQuestionAtATime(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan net.Conn, 10)
	go func() {
		defer close(asked)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			asked <- conn
		}
	}()
	ask := wires(&topology.Topology{Links: topology.Links{API: ln.Addr().String(), Listeners: map[string]string{"us-eu-nats": "127.0.0.1:1"}}})
	for range 5 {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if _, err := ask(ctx); err == nil {
			t.Error("got an answer from nobody")
		}
		cancel()
	}
	ln.Close()
	questions := 0
	for conn := range asked {
		conn.Close()
		questions++
	}
	if questions != 1 {
		t.Errorf("it was asked %d times, want once", questions)
	}
}
