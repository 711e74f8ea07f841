package main

import (
	"github.com/urfave/cli/v3"

	"pangea/gen"
	"pangea/region/topology"
)

func topologyFlag() cli.Flag {
	return &cli.StringFlag{Name: "topology", Value: "topology.yaml", Usage: "the description of the world"}
}

func outFlag() cli.Flag {
	return &cli.StringFlag{Name: "out", Value: ".pangea/gen", Usage: "folder of the results of runs"}
}

// world is what -topology describes.
func world(cmd *cli.Command) (*topology.Topology, error) {
	return topology.Load(cmd.String("topology"))
}

// targetEndpoints lists URLs that were given, under their own names.
func targetEndpoints(urls []string) []gen.Endpoint {
	var list []gen.Endpoint
	for _, url := range urls {
		list = append(list, gen.Endpoint{Name: url, URL: url})
	}
	return list
}
