package gen

import "pangea/region/topology"

// Endpoint is a name and the base URL behind it, such as http://127.0.0.1:8081.
type Endpoint struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// Regions are the regions' own addresses, for whoever asks them with no router between.
func Regions(world *topology.Topology) []Endpoint {
	return endpoints(world, func(r topology.Region) string { return r.HTTP })
}

// Routers are those of all places.
func Routers(world *topology.Topology) []Endpoint {
	return endpoints(world, func(r topology.Region) string { return r.Router })
}

func endpoints(world *topology.Topology, address func(topology.Region) string) []Endpoint {
	list := make([]Endpoint, len(world.Regions))
	for i, r := range world.Regions {
		list[i] = Endpoint{Name: r.Name, URL: "http://" + address(r)}
	}
	return list
}
