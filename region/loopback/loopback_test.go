package loopback_test

import (
	"testing"

	"pangea/region/loopback"
)

func TestHost_IsThisMachine(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LocalHost:8081": true, "127.0.0.1": true, "127.0.0.1:8081": true, "127.1.2.3:1": true, "[::1]": true, "[::1]:8081": true,
		"": false, "evil.example:8081": false, "localhost.evil.example": false, "127.0.0.1.evil.example:8081": false,
		"192.0.2.7:8081": false, "0.0.0.0:8081": false, "router-us:8081": false,
	} {
		if got := loopback.Host(host); got != want {
			t.Errorf("%q: got %t, want %t", host, got, want)
		}
	}
}
