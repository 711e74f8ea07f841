package loopback

import (
	"net"
	"net/netip"
	"strings"
)

// Address reports whether only this machine can reach a.
func Address(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// Host reports whether a Host header, with a port or without, names this machine. Any
// other name may be one that a foreign site has made to resolve to it.
func Host(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.IsLoopback()
}
