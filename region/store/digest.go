package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/fnv"
	"math/bits"

	"github.com/jackc/pgx/v5"

	"pangea/region"
)

// replicated selects what of a class is replicated, as (key, everything else as
// text). Tombstones of prefs are left out: regions collect them at different times.
func replicated(c region.Class) string {
	return map[region.Class]string{
		region.Profile: `select key, concat_ws('|', stamp, origin, seq, ordinal, value) from profile`,
		region.Counter: `select key, concat_ws('|', origin, p, n) from counter`,
		region.Tags:    `select key, concat_ws('|', origin, seq, ordinal, tag) from tags`,
		region.Prefs:   `select key, concat_ws('|', stamp, origin, seq, ordinal, octet_length(field), field, value) from prefs where value is not null`,
		region.Handle:  `select name, concat_ws('|', stamp, origin, seq, ordinal, claimant is null, claimant) from handle`,
	}[c]
}

// sum is a set's digest: the sum of its members' hashes modulo 2^128, so that the
// order of rows does not matter. A sum, and not XOR, as two equal members would
// cancel out.
type sum struct{ hi, lo uint64 }

func (s *sum) add(key, row string) {
	h := sha256.New()
	_ = binary.Write(h, binary.BigEndian, uint32(len(key)))
	h.Write([]byte(key))
	h.Write([]byte(row))
	d := h.Sum(nil)
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, binary.BigEndian.Uint64(d), 0)
	s.hi, _ = bits.Add64(s.hi, binary.BigEndian.Uint64(d[8:]), carry)
}

func (s sum) String() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], s.hi)
	binary.BigEndian.PutUint64(b[8:], s.lo)
	return hex.EncodeToString(b[:])
}

// Digest sums up the replicated state and the vector it belongs to, in one
// snapshot (I7). Class 0 means every class; one class adds its buckets; a bucket
// from 0 on adds that bucket's keys.
func (s *Store) Digest(ctx context.Context, class region.Class, bucket int) (region.Digest, error) {
	d := region.Digest{Region: s.cfg.Region, Classes: map[string]region.ClassDigest{}}
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, s.pool, snapshot, func(tx pgx.Tx) (err error) {
		if _, err := tx.Exec(ctx, wholeTables); err != nil {
			return err
		}
		if d.Vector, err = vectorText(ctx, tx); err != nil {
			return err
		}
		for _, c := range region.Classes() {
			if class != 0 && c != class {
				continue
			}
			if d.Classes[c.String()], err = digestClass(ctx, tx, c, class == c, bucket); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return region.Digest{}, unavailable("compute the digest", err)
	}
	return d, nil
}

func digestClass(ctx context.Context, tx pgx.Tx, c region.Class, detail bool, bucket int) (region.ClassDigest, error) {
	var (
		out     region.ClassDigest
		total   sum
		buckets [region.DigestBuckets]sum
		keys    = map[string]*sum{}
	)
	rows, err := tx.Query(ctx, replicated(c))
	if err != nil {
		return out, err
	}
	var key, row string
	_, err = pgx.ForEachRow(rows, []any{&key, &row}, func() error {
		out.Rows++
		total.add(key, row)
		if !detail {
			return nil
		}
		b := bucketOf(key)
		buckets[b].add(key, row)
		if b == bucket {
			if keys[key] == nil {
				keys[key] = new(sum)
			}
			keys[key].add(key, row)
		}
		return nil
	})
	out.Digest = total.String()
	if detail {
		for _, b := range buckets {
			out.Buckets = append(out.Buckets, b.String())
		}
		if bucket >= 0 {
			out.Keys = make(map[string]string, len(keys))
			for key, s := range keys {
				out.Keys[key] = s.String()
			}
		}
	}
	return out, err
}

func bucketOf(key string) int {
	h := fnv.New32a()
	h.Write([]byte(key))
	return int(h.Sum32() % region.DigestBuckets)
}

// vectorText is the applied vector as X-Version-Vector writes it.
func vectorText(ctx context.Context, tx pgx.Tx) (string, error) {
	v, err := readVector(ctx, tx)
	return v.String(), err
}
