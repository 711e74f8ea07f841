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

// endpoints lists one address of each region of the topology.
func endpoints(cmd *cli.Command, address func(topology.Region) string) ([]gen.Endpoint, error) {
	world, err := topology.Load(cmd.String("topology"))
	if err != nil {
		return nil, err
	}
	var list []gen.Endpoint
	for _, r := range world.Regions {
		list = append(list, gen.Endpoint{Name: r.Name, URL: "http://" + address(r)})
	}
	return list, nil
}

// regionEndpoints lists the regions themselves, behind their routers.
func regionEndpoints(cmd *cli.Command) ([]gen.Endpoint, error) {
	return endpoints(cmd, func(r topology.Region) string { return r.HTTP })
}

// targetEndpoints lists URLs that were given, under their own names.
func targetEndpoints(urls []string) []gen.Endpoint {
	var list []gen.Endpoint
	for _, url := range urls {
		list = append(list, gen.Endpoint{Name: url, URL: url})
	}
	return list
}
