package store_test

import (
	"os"
	"testing"
)

// A database in which the own log had a table of its own is brought to the present
// schema, with all its entries.
func TestSchema_MovesTheLogsIntoOneTable(t *testing.T) {
	dsn := database(t)
	for _, file := range []string{"schema/001_init.sql", "schema/002_identity.sql"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		exec(t, dsn, string(text))
	}
	last := entries(us2, 0, 0, 0)[2]
	exec(t, dsn, "insert into log_head values (true, 'us', 2, 3, 3, '\\x"+last.Checksum.String()+"', 0, 7, gen_random_uuid())")
	exec(t, dsn, `
		create table schema_version (version int4 not null);
		insert into schema_version values (2);
		create table outbox_0 (like outbox including all, check (seq >= 0 and seq < 2));
		alter table outbox attach partition outbox_0 for values from (0) to (2);
		create table outbox_2 (like outbox including all, check (seq >= 2 and seq < 4));
		alter table outbox attach partition outbox_2 for values from (2) to (4);
		create table inbox_us partition of inbox for values in ('us') partition by range (seq);
		create table inbox_us_2 partition of inbox_us for values from (2) to (4)`)
	for _, e := range entries(us2, 0, 0, 0) {
		exec(t, dsn, "insert into outbox values ($1, $1, 1, now(), $2)", int64(e.Seq), e.Payload)
	}
	former := entries(us, 0, 0, 0)
	for _, e := range former[1:] {
		exec(t, dsn, "insert into inbox values ('us', $1, $1, 1, now(), $2)", int64(e.Seq), e.Payload)
	}
	exec(t, dsn, "insert into positions values ('us', 3, $1, 3, 3)", former[2].Checksum[:])

	s, session := openAt(t, dsn, 2)
	wantFloors(t, s, "us=2,us=2.1")
	wantLog(t, s, us, 2, former[1:])
	log := entries(us2, make([]int, 6)...)
	save(t, session, log[3:])
	wantLog(t, s, us2, 1, log)
	wantDropped(t, s, us2, 4, false, 2)
	wantLog(t, s, us2, 4, log[3:])
}
