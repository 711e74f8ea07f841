package meter

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"pangea/region/topology"
)

// messenger sends messages on one region's NATS, past every link, and receives them
// over the link of each other region.
type messenger struct {
	origin  string
	sender  *nats.Conn
	readers []*nats.Conn
	begun   time.Time // what the content of a message counts from
	trips   *trips
}

const messageSubject = "meter.probe"

func newMessenger(topo *topology.Topology, origin string, t *trips) (*messenger, error) {
	m := &messenger{origin: origin, begun: time.Now(), trips: t}
	var err error
	if m.sender, err = connect(topo.Address(origin, origin, topology.NATS)); err != nil {
		return nil, fmt.Errorf("NATS of %s: %w", origin, err)
	}
	for _, region := range topo.Peers(origin) {
		if err := m.receive(region, topo.Address(region, origin, topology.NATS)); err != nil {
			m.close()
			return nil, fmt.Errorf("link of %s to %s: %w", region, origin, err)
		}
	}
	return m, nil
}

func connect(address string) (*nats.Conn, error) {
	return nats.Connect("nats://"+address, nats.Name("meter"), nats.MaxReconnects(-1),
		nats.RetryOnFailedConnect(true), nats.ReconnectWait(time.Second))
}

// receive notes how long each message took to the region.
func (m *messenger) receive(region, address string) error {
	conn, err := connect(address)
	if err != nil {
		return err
	}
	m.readers = append(m.readers, conn)
	_, err = conn.Subscribe(messageSubject, func(msg *nats.Msg) {
		if sent, err := strconv.ParseInt(string(msg.Data), 10, 64); err == nil {
			at := m.begun.Add(time.Duration(sent))
			m.trips.add(way{m.origin, region}, trip{at: at, took: time.Since(at)})
		}
	})
	return err
}

// send is one probe of all links to the region.
func (m *messenger) send(context.Context) {
	sent := strconv.AppendInt(nil, int64(time.Since(m.begun)), 10)
	_ = m.sender.Publish(messageSubject, sent) // what does not leave leaves no sample
}

func (m *messenger) close() {
	m.sender.Close()
	for _, conn := range m.readers {
		conn.Close()
	}
}
