package failback

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"reflect"

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
	Planted bool   `json:"planted"` // whether it differed once they were written to
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
	if err := replay.Save(ctx, m.address(m.saved.donor), victim, m.saved.file); err != nil {
		return err
	}
	_, err = m.saved.file.Seek(0, 0)
	return err
}

func (m *measurement) address(name string) string {
	for _, r := range m.world.Topology.Regions {
		if r.Name == name {
			return "http://" + r.HTTP
		}
	}
	return ""
}

// emptyDatabase is the name of the one that the snapshot is restored into. It goes with the
// stack.
const emptyDatabase = "replayed"

// replay restores the snapshot beside a live region's database, and replays all logs.
func (m *measurement) replay(ctx context.Context) (*Replay, error) {
	m.tell("restoring the snapshot of %s, and replaying the logs after it", m.saved.donor)
	db, err := m.stack.Database(m.saved.donor)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "create database "+emptyDatabase); err != nil {
		return nil, fmt.Errorf("make an empty database: %w", err)
	}
	dsn, err := m.stack.DSN(m.saved.donor)
	if err != nil {
		return nil, err
	}
	live, err := meter.Applied(m.regions[m.saved.donor])
	if err != nil {
		return nil, err
	}
	cfg := replay.Config{DSN: dsn + " dbname=" + emptyDatabase, Holder: m.address}
	r := &Replay{Donor: m.saved.donor}
	if r.Finding, err = replay.Run(ctx, cfg, m.saved.file, live); err != nil {
		return nil, err
	}
	r.Differs, err = m.differs(r)
	return r, err
}

// differs names the classes in which the replayed database is another than the donor's.
func (m *measurement) differs(r *Replay) (string, error) {
	var body bytes.Buffer
	answer, err := m.regions[r.Donor].Do(client.Request{Method: http.MethodGet, Path: "/digest"}, &body)
	var live region.Digest
	if err == nil && answer.Status == http.StatusOK {
		err = json.Unmarshal(body.Bytes(), &live)
	}
	if err != nil || len(live.Classes) == 0 {
		return "", fmt.Errorf("ask %s for its digest: answered %d: %w", r.Donor, answer.Status, err)
	}
	var differing string
	for _, class := range region.Classes() {
		if name := class.String(); !reflect.DeepEqual(live.Classes[name], r.Digest.Classes[name]) {
			differing += " " + name
		}
	}
	if differing == "" {
		return "", nil
	}
	return "another digest of" + differing, nil
}
