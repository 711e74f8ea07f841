package region

// Digest is the answer of GET /digest: what the replicated state of a region is,
// in few enough bytes to compare regions by. All of it is of one snapshot (I7).
type Digest struct {
	Region  string                 `json:"region"`
	Vector  string                 `json:"version_vector"`
	Classes map[string]ClassDigest `json:"classes"`
}

// ClassDigest sums up the rows of one class. Regions that differ are narrowed down
// from the class to one of its buckets, and from there to a key.
type ClassDigest struct {
	Rows    int64             `json:"rows"`
	Digest  string            `json:"digest"`            // hexadecimal
	Buckets []string          `json:"buckets,omitempty"` // DigestBuckets of them, if the class was asked for
	Keys    map[string]string `json:"keys,omitzero"`     // by key, if a bucket was asked for
}

// DigestBuckets is the number of parts that the keys of a class are hashed into.
const DigestBuckets = 256
