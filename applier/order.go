package applier

import "pangea/region"

// tail is the end of what is stored of one log.
type tail struct {
	seq uint64
	sum region.Checksum
}

// verdict says what an entry is to a tail.
type verdict uint8

const (
	accept    verdict = iota // it is the next entry
	duplicate                // it is stored already
	gap                      // entries before it are missing
	fork                     // it continues another history than the one stored (I14)
)

// judge is the whole order decision (I5). It trusts nothing but the checksum chain:
// not the transport's sequence, nor that a transport delivers once.
func (t tail) judge(e *region.Entry) verdict {
	switch {
	case e.Seq > t.seq+1:
		return gap
	case e.Seq == t.seq+1 && e.Follows(t.sum):
		return accept
	case e.Seq == t.seq+1, e.Seq == t.seq && e.Checksum != t.sum:
		return fork
	default:
		return duplicate
	}
}
