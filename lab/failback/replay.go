package failback

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"

	"pangea/crdt"
	"pangea/gen/client"
	"pangea/lab/meter"
	"pangea/lab/replay"
	"pangea/region"
)

// Replay is a database that was made from a snapshot and the logs after it.
type Replay struct {
	*replay.Finding
	Donor   string `json:"donor"`
	Differs string `json:"differs"` // from the live regions: empty if it does not
	Planted bool   `json:"planted"` // whether it differed where the last write was withheld
}

// saved is the snapshot that was taken while the region was away.
type saved struct {
	donor string
	file  *os.File // nil if none was
}

func (s *saved) remove() {
	if s.file != nil {
		_, _ = s.file.Close(), os.Remove(s.file.Name()) // it is in a folder for what may go
	}
}

// save takes it from the last of the others, which goes on under load.
func (m *measurement) save(ctx context.Context) (err error) {
	m.saved.donor = m.others[len(m.others)-1]
	if m.saved.file, err = os.CreateTemp("", "pangea-snapshot-"); err != nil {
		return fmt.Errorf("make a file for a snapshot: %w", err)
	}
	return replay.Save(ctx, m.address(m.saved.donor), victim, m.saved.file)
}

func (m *measurement) address(name string) string {
	for _, r := range m.world.Topology.Regions {
		if r.Name == name {
			return "http://" + r.HTTP
		}
	}
	return ""
}

// The names of the databases that the snapshot is restored into. They go with the stack.
const wholeDatabase, lackingDatabase = "replayed", "replayed_but_one"

// replay restores the snapshot beside the donor's database and replays all logs: once whole,
// and once without the donor's last write.
func (m *measurement) replay(ctx context.Context) (*Replay, error) {
	m.tell("restoring the snapshot of %s, and replaying the logs after it", m.saved.donor)
	donor := m.regions[m.saved.donor]
	before, err := meter.Applied(donor)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", m.saved.donor, err)
	}
	last := &subject{key: m.spare.key + "-last"}
	if !m.send(ctx, m.saved.donor, []client.Request{last.count(1)}) {
		return nil, fmt.Errorf("%w: counter %s", errPlant, last.key)
	}
	live, err := meter.Applied(donor)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", m.saved.donor, err)
	}
	r := &Replay{Donor: m.saved.donor}
	if r.Finding, r.Differs, err = m.replayInto(ctx, wholeDatabase, live); err != nil {
		return nil, err
	}
	_, differs, err := m.replayInto(ctx, lackingDatabase, before)
	r.Planted = differs != ""
	return r, err
}

// replayInto makes a database of the snapshot and the logs up to a vector, and names the
// classes in which it is another than the donor's.
func (m *measurement) replayInto(ctx context.Context, database string, to crdt.Vector) (found *replay.Finding, differs string, err error) {
	db, err := m.clusters.Database(m.saved.donor)
	if err != nil {
		return nil, "", err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "create database "+database); err != nil {
		return nil, "", fmt.Errorf("make an empty database: %w", err)
	}
	dsn, err := m.clusters.DSN(m.saved.donor)
	if err != nil {
		return nil, "", err
	}
	if _, err := m.saved.file.Seek(0, io.SeekStart); err != nil {
		return nil, "", fmt.Errorf("read the snapshot again: %w", err)
	}
	cfg := replay.Config{DSN: dsn + " dbname=" + database, Holder: m.address}
	if found, err = replay.Run(ctx, cfg, m.saved.file, to); err != nil {
		return nil, "", err
	}
	differs, err = m.differs(found.Digest)
	return found, differs, err
}

// differs names the classes of which the donor has another digest.
func (m *measurement) differs(replayed region.Digest) (string, error) {
	var body bytes.Buffer
	answer, err := m.regions[m.saved.donor].Do(client.Request{Method: http.MethodGet, Path: "/digest"}, &body)
	if err != nil {
		return "", fmt.Errorf("ask %s for its digest: %w", m.saved.donor, err)
	}
	if answer.Status != http.StatusOK {
		return "", fmt.Errorf("%s answers %d to GET /digest: %s", m.saved.donor, answer.Status, bytes.TrimSpace(body.Bytes()))
	}
	var live region.Digest
	if err := json.Unmarshal(body.Bytes(), &live); err != nil {
		return "", fmt.Errorf("decode the digest of %s: %w", m.saved.donor, err)
	}
	var differing string
	for _, class := range region.Classes() {
		if name := class.String(); !reflect.DeepEqual(live.Classes[name], replayed.Classes[name]) {
			differing += " " + name
		}
	}
	if differing == "" {
		return "", nil
	}
	return "another digest of" + differing, nil
}
