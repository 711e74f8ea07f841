package api

import (
	"testing"
	"time"
)

func TestConditions_Prefer(t *testing.T) {
	for _, c := range []struct {
		header      string
		vector, ack time.Duration
	}{
		{"", time.Second, 2 * time.Second},
		{"return=minimal", time.Second, 2 * time.Second},
		{"wait=0", 0, 0},
		{"wait=5", 5 * time.Second, 5 * time.Second},
		{`respond-async, WAIT = "7" ; x=1`, 7 * time.Second, 7 * time.Second},
		{"wait=3, wait=9", 3 * time.Second, 3 * time.Second},
		{"wait=31", 30 * time.Second, 30 * time.Second},
		{"wait=2147483647", 30 * time.Second, 30 * time.Second},
	} {
		var got conditions
		if err := got.prefer(c.header); err != nil {
			t.Errorf("%q: %v", c.header, err)
		}
		if got.vectorWait() != c.vector || got.ackWait() != c.ack {
			t.Errorf("%q: got %v and %v, want %v and %v", c.header, got.vectorWait(), got.ackWait(), c.vector, c.ack)
		}
	}
}
