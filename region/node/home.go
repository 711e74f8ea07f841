package node

import (
	"context"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/stream"
	"pangea/region/topology"
	"pangea/shipper"
)

// home is where the region's own stream is kept: by the server that it embeds, or by a
// cluster.
type home interface {
	Log(crdt.Origin) (*stream.Log, error)
	PublishReport(region.Report) error
	Dir() string // of the stream's files; "" if they are not on this machine
	Size() int64
	Close() error
}

// openLog opens what keeps the region's stream, and prepares to fill it.
func (n *Node) openLog(context.Context) (err error) {
	if cluster, ok := n.cfg.Topology.Cluster(n.cfg.Region); ok {
		err = n.joinCluster(cluster)
	} else {
		err = n.embedServer()
	}
	if err != nil {
		return err
	}
	n.shipper, err = shipper.New(shipper.Config{Logger: n.cfg.Logger}, n.writer.Commits(), n.registry)
	return err
}

func (n *Node) embedServer() error {
	self, err := n.cfg.Topology.Region(n.cfg.Region)
	if err != nil {
		return err
	}
	server, err := stream.Serve(stream.Config{
		Region: n.cfg.Region, Listen: self.NATS, Monitor: self.Monitor, StoreDir: n.cfg.StoreDir,
		StreamBytes: n.cfg.Topology.Retention.StreamBytes, Logger: n.cfg.Logger,
	})
	if err != nil {
		return err
	}
	n.stream = server
	return nil
}

func (n *Node) joinCluster(c topology.Cluster) error {
	cluster, err := stream.Join(stream.ClusterConfig{
		Region: n.cfg.Region, URL: c.URL(), Credentials: c.Credentials, Replicas: c.Replicas,
		StreamBytes: n.cfg.Topology.Retention.StreamBytes, Logger: n.cfg.Logger,
	})
	if err != nil {
		return err
	}
	n.stream = cluster
	return nil
}
