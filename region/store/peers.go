package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pangea/crdt"
	"pangea/region"
)

// Peer is what the database remembers of another region.
type Peer struct {
	Region     string
	Registered bool      // its progress holds the logs back (I4)
	Reported   time.Time // its last report, or when it was first expected
	Head       region.Position
	Stored     crdt.Vector
	Applied    crdt.Vector
}

// Peers reads what is remembered, after adding the named regions that are new: a
// new peer is registered.
func (s *Store) Peers(ctx context.Context, names []string) ([]Peer, error) {
	if _, err := s.pool.Exec(ctx, `insert into peer (region) select unnest($1::text[]) on conflict do nothing`, names); err != nil {
		return nil, unavailable("register peers", err)
	}
	rows, err := s.pool.Query(ctx, "select region, registered, reported, stored, applied from peer where region = any($1)", names)
	if err != nil {
		return nil, unavailable("read peers", err)
	}
	peers, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Peer, err error) {
		var stored, applied string
		if err = row.Scan(&p.Region, &p.Registered, &p.Reported, &stored, &applied); err != nil {
			return p, err
		}
		if p.Stored, err = crdt.ParseVector(stored); err != nil {
			return p, err
		}
		p.Applied, err = crdt.ParseVector(applied)
		return p, err
	})
	if err != nil {
		return nil, unavailable("read peers", err)
	}
	return peers, nil
}

// SavePeers remembers peers. Losing the last second of it in a crash only delays
// what depends on it, so it does not wait for the disk.
func (s *Store) SavePeers(ctx context.Context, peers []Peer) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "set local synchronous_commit = off"); err != nil {
			return err
		}
		for _, p := range peers {
			head := crdt.Vector{p.Head.Origin: p.Head.Seq}
			if p.Head.Origin == (crdt.Origin{}) {
				head = nil
			}
			_, err := tx.Exec(ctx, `update peer set registered = $2, reported = $3, head = $4, stored = $5, applied = $6 where region = $1`,
				p.Region, p.Registered, p.Reported, head.String(), p.Stored.String(), p.Applied.String())
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return unavailable("remember peers", err)
	}
	return nil
}
