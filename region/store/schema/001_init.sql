-- One region's database. Every row of state is written by the region's one writer,
-- in the transaction that also writes the log (I1, I5). An origin is a region's
-- name, with ".epoch" after it from the second epoch on.

-- The end of this region's own log, and the fence: a writer must find its own
-- cycle number here, or another process has written since (I12).
create table log_head (
    one       boolean primary key default true check (one),
    region    text   not null,
    epoch     int    not null,
    seq       bigint not null,   -- last entry (I2)
    ordinal   bigint not null,   -- last event
    checksum  bytea  not null,   -- of the log up to here (I14)
    clock     bigint not null,   -- hybrid logical clock
    cycle     bigint not null,   -- transactions of the writer, merges too
    writer    uuid   not null    -- the session that wrote the last of them
) with (fillfactor = 10);

-- A plain UPDATE that hits no row would let the rest of a pipeline commit. This
-- one fails the transaction.
create function advance_head(
    in_epoch int, in_cycle bigint, in_writer uuid,
    in_seq bigint, in_ordinal bigint, in_checksum bytea, in_clock bigint
) returns void language plpgsql as $$
begin
    update log_head
       set cycle = cycle + 1, writer = in_writer,
           seq = in_seq, ordinal = in_ordinal, checksum = in_checksum, clock = in_clock
     where epoch = in_epoch and cycle = in_cycle;
    if not found then
        raise exception 'fenced: the log head is no longer at epoch %, cycle %', in_epoch, in_cycle
            using errcode = 'PF001';
    end if;
end $$;

-- How far the other logs have come here. Stored entries wait in the inbox until
-- what they depend on is applied (I6).
create table positions (
    origin   text   primary key,
    stored   bigint not null,
    checksum bytea  not null,    -- of the log up to stored
    applied  bigint not null,
    ordinal  bigint not null     -- last event applied
) with (fillfactor = 10);

-- This region's log, and the logs of the others as they came. Rows are dropped by
-- whole partitions (I4). A payload is one encoded entry.
create table outbox (
    seq           bigint not null primary key,
    first_ordinal bigint not null,
    events        int    not null,
    committed_at  timestamptz not null,
    payload       bytea  not null
) partition by range (seq);

create table inbox (
    origin        text collate "C" not null,
    seq           bigint not null,
    first_ordinal bigint not null,
    events        int    not null,
    committed_at  timestamptz not null,
    payload       bytea  not null,
    primary key (origin, seq)
) partition by list (origin);

-- State, a table per data class. stamp, origin, seq and ordinal say which write a
-- row is: its clock, its log, its entry and its event.
create table profile (
    key     text collate "C" primary key,
    value   text   not null,
    stamp   bigint not null,
    origin  text   not null,
    seq     bigint not null,
    ordinal bigint not null
) with (fillfactor = 80);

create table counter (
    key    text collate "C" not null,
    origin text collate "C" not null,
    p      bigint not null,      -- everything this origin added
    n      bigint not null,      -- everything it took away
    primary key (key, origin)
) with (fillfactor = 80);

-- The live adds of a tag. An origin has at most one: its next add replaces it.
create table tags (
    key     text collate "C" not null,
    tag     text collate "C" not null,
    origin  text collate "C" not null,
    ordinal bigint not null,
    seq     bigint not null,
    primary key (key, tag, origin)
) with (fillfactor = 80);

create table prefs (
    key     text collate "C" not null,
    field   text collate "C" not null,
    value   text,                -- null: a removed field's tombstone
    stamp   bigint not null,
    origin  text   not null,
    seq     bigint not null,
    ordinal bigint not null,
    primary key (key, field)
) with (fillfactor = 80);
create index prefs_tombstones on prefs (stamp) where value is null;

create table handle (
    name     text collate "C" primary key,
    claimant text,               -- null: released
    stamp    bigint not null,
    origin   text   not null,
    seq      bigint not null,
    ordinal  bigint not null
) with (fillfactor = 80);

-- How the events of this region's logs ended (I9). What is in no other column is
-- live: stored in a row above.
create table ledger (
    origin     text   not null,
    class      text   not null,
    committed  bigint not null default 0,
    merged     bigint not null default 0,
    superseded bigint not null default 0,
    concurrent bigint not null default 0,
    clock_skew bigint not null default 0,
    removed    bigint not null default 0,
    primary key (origin, class)
) with (fillfactor = 50);

-- Writes of this region that lost to one that had not seen them.
create table conflicts (
    id           bigint generated always as identity primary key,
    at           timestamptz not null default clock_timestamp(),
    class        text   not null,
    key          text   not null,
    field        text,
    reason       text   not null,
    lost_value   text,
    lost_stamp   bigint not null,
    lost_origin  text   not null,
    lost_seq     bigint not null,
    lost_ordinal bigint not null,
    won_value    text,
    won_stamp    bigint not null,
    won_origin   text   not null,
    won_seq      bigint not null,
    won_ordinal  bigint not null
);
create index conflicts_at on conflicts (at);

-- Answers under a client's idempotency key.
create table idempotency (
    key      text collate "C" primary key,
    hash     bytea not null,
    outcome  smallint not null,
    value    text  not null,
    vector   text  not null,
    position text  not null,
    seq      bigint not null,
    at       timestamptz not null default clock_timestamp()
);
create index idempotency_at on idempotency (at);

-- What this region knows of the others. A peer that is not registered holds no
-- log back and must re-seed before it may read on (I4).
create table peer (
    region     text primary key,
    registered boolean not null default true,
    reported   timestamptz not null default clock_timestamp(),  -- its last report
    head       text not null default '',    -- end of its log
    stored     text not null default '',    -- vectors
    applied    text not null default ''
);

-- For a person at the psql prompt.

create view counter_value as
    select key, sum(p - n) as value from counter group by key;

create view tag_members as
    select key, array_agg(distinct tag order by tag) as tags from tags group by key;

create view vector as
    select region || case when epoch = 1 then '' else '.' || epoch end as origin,
           seq as stored, seq as applied, ordinal as writes, true as own
      from log_head
    union all
    select origin, stored, applied, ordinal, false from positions
    order by 1;

create view lag as
    select p.region as peer,
           p.registered,
           clock_timestamp() - p.reported as silent_for,
           split_part(p.head, '=', 2) as its_head,
           v.stored as we_store,
           v.applied as we_applied,
           case when p.head like '%=%' then greatest(0, regexp_replace(split_part(p.head, '=', 2), '^\d+\.', '')::bigint - v.applied) end as entries_behind
      from peer p
      left join vector v on v.origin = case
               when split_part(p.head, '=', 2) like '%.%' then p.region || '.' || split_part(split_part(p.head, '=', 2), '.', 1)
               else p.region end;
