// Package stream is the transport of a region's log: one JetStream stream, on an embedded
// NATS server or on a cluster, and the connections to the servers of the peers.
//
//	Server    the region's own server                        (server.go)
//	Cluster   the cluster that it uses instead               (cluster.go)
//	Log       its stream, as the shipper writes it           (log.go)
//	Tail      what the stream says of itself                 (tail.go)
//	Peer      the connection to a peer's server              (peer.go)
//	Session   one run of reading the peer's stream           (session.go)
//
// The stream of region us is LOG_us, with the one subject log.us; a peer reads it
// by a durable consumer that has the name of the reading region. Reports travel on
// plain NATS, on position.us.
//
// It is the only package that imports NATS.
//
// Guarantees: the JetStream sequence of an entry is its seq (I3): a publish states
// the sequence that it must follow. A Session hands over what JetStream delivers
// after the start position; whether that is complete is for its reader to check.
//
// Failure handling: the stream is a cache of the outbox. JetStream may lose its
// end, holes within, or all of it; Tail tells, Recreate starts over, and Offer shows
// the new stream to readers once it is refilled, so that what `nats consumer report`
// says of a reader never is no lag for want of entries. Nobody can purge it. The
// oldest entries go when MaxBytes is reached. Whatever happens to a link or a
// consumer ends the Session, never the Peer, which reconnects for ever. A report
// that cannot be sent or handled in time is dropped: the next one supersedes it.
//
// A cluster keeps the stream on three servers. One that is lost, the leader too, costs a
// pause of some seconds until another leads; two, until one of them is back: ErrNoQuorum.
// Entries wait in the outbox, and peers read them from /log. An acknowledgement that was
// lost with a leader is no matter: the stream's end tells what is in it.
package stream
