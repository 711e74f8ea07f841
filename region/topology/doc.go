// Package topology reads topology.yaml, the one description of the world: the
// regions and their addresses, the distances between them, the links that carry
// them, who owns which handle shard, and how long a log is kept.
//
// It knows nothing but the file. A Topology is immutable once loaded; Load
// refuses a file that is incomplete or contradicts itself, and says where.
package topology
