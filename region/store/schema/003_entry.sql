-- One table for the entries of all logs, by log and then by number. Which log is this
-- region's own is for log_head to say: a new epoch begins without moving an entry.
alter table inbox rename to entry;
alter table entry alter column payload set storage external;

do $$
declare
    mine text := (select origin from vector where own);
    part text := 'entry_' || replace(mine, '.', '_e');
    old  record;
begin
    for old in select relname from pg_partition_tree('entry') join pg_class on oid = relid where level > 0 loop
        execute format('alter table %I rename to %I', old.relname, 'entry' || substr(old.relname, 6));
    end loop;
    if exists (select from pg_inherits where inhparent = 'outbox'::regclass) then
        execute format('create table %I partition of entry for values in (%L) partition by range (seq)', part, mine);
    end if;
    for old in select relname, pg_get_expr(relpartbound, oid) as bound from pg_inherits join pg_class on oid = inhrelid
                where inhparent = 'outbox'::regclass loop
        execute format('alter table outbox detach partition %I', old.relname);
        execute format('alter table %I drop constraint %I', old.relname, old.relname || '_pkey');
        execute format('alter table %I add column origin text collate "C" not null default %L', old.relname, mine);
        execute format('alter table %I alter column origin drop default', old.relname);
        execute format('alter table %I attach partition %I %s', part, old.relname, old.bound);
        execute format('alter table %I rename to %I', old.relname, part || substr(old.relname, 7));
    end loop;
end $$;

drop table outbox;

-- For a person at the psql prompt.
create view outbox as select * from entry where origin = (select origin from vector where own);
create view inbox as select * from entry where origin <> (select origin from vector where own);
