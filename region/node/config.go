package node

import (
	"cmp"
	"errors"
	"log/slog"
	"time"

	"pangea/region/state"
	"pangea/region/topology"
	"pangea/region/writer"
)

// Config says which region this is and where its data lives.
type Config struct {
	// Region is one of Topology's regions; its addresses are listened on.
	Region   string
	Topology *topology.Topology

	// DSN is the address of the region's database.
	DSN string

	// PasswordFile holds the database's password.
	//
	// Defaults to what DSN, or PGPASSFILE, says.
	PasswordFile string

	// StoreDir is the directory of the region's stream, unless a cluster keeps that.
	StoreDir string

	// Clock is where the stamps of last-writer-wins classes come from.
	//
	// Defaults to state.HLC.
	Clock state.ClockMode

	// ClockSkew is added to the physical clock, everywhere.
	ClockSkew time.Duration

	// ClockSkewFile, while it is there, holds a time such as -200ms that counts instead of
	// ClockSkew. The region looks at it five times a second.
	//
	// Defaults to none.
	ClockSkewFile string

	// Writer sets the writer's pace and bounds; its other fields are set by New.
	Writer writer.Config

	// KeepEvery is the time between two looks at what grows.
	//
	// Defaults to 1s.
	KeepEvery time.Duration

	// AckWait is after how long a peer sends an entry again that was not acknowledged.
	//
	// Defaults to that of package stream.
	AckWait time.Duration

	// PartitionEntries is the number of entries in one partition of a log.
	//
	// Defaults to that of package store.
	PartitionEntries uint64

	// Logger may be nil.
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	c.Clock = cmp.Or(c.Clock, state.HLC)
	c.KeepEvery = cmp.Or(c.KeepEvery, time.Second)
	c.Logger = cmp.Or(c.Logger, slog.New(slog.DiscardHandler))
	return c
}

func (c Config) validate() error {
	if c.Topology == nil {
		return errors.New("node: no topology")
	}
	if _, err := c.Topology.Region(c.Region); err != nil {
		return err
	}
	if _, elsewhere := c.Topology.Cluster(c.Region); c.DSN == "" || c.StoreDir == "" && !elsewhere {
		return errors.New("node: DSN and StoreDir must be set")
	}
	return nil
}
