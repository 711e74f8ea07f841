package client

import "testing"

// What is not certain to be plain goes to net/http, which knows the rest of RFC 9112.
func TestParseHead_LeavesTheUnusualAlone(t *testing.T) {
	for text, want := range map[string]bool{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n":                                       true,
		"HTTP/1.1 404 Not Found\r\nX-Served-By: eu\r\ncontent-length:0\r\n\r\n":              true,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n":                              false,
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n":         false,
		"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 2\r\n\r\n": false,
		"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n":                                 false,
		"HTTP/1.1 204 No Content\r\n\r\n":                                                    false,
		"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n":                                      false,
		"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n":                                       false,
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n":                                           false,
		"HTTP/1.1\r\n\r\n": false,
	} {
		if h, plain := parseHead([]byte(text)); plain != want || plain && h.status != 200 && string(h.servedBy) != "eu" {
			t.Errorf("%q: got %+v, plain %v, want %v", text, h, plain, want)
		}
	}
}
