package applier

import "pangea/region"

// position is the end of what is stored of one log.
type position struct {
	seq uint64
	sum region.Checksum
}

// verdict says what an entry is to a position.
type verdict uint8

const (
	accept    verdict = iota // it is the next entry
	duplicate                // it is stored already
	gap                      // entries before it are missing
	fork                     // it continues another history than the one stored (I14)
)

// judge is the whole order decision (I5). It trusts nothing but the checksum chain:
// not the transport's sequence, nor that a transport delivers once.
func (p position) judge(e *region.Entry) verdict {
	switch {
	case e.Seq > p.seq+1:
		return gap
	case e.Seq == p.seq+1 && e.Follows(p.sum):
		return accept
	case e.Seq == p.seq+1, e.Seq == p.seq && e.Checksum != p.sum:
		return fork
	default:
		return duplicate
	}
}
