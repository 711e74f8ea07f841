-- Whether the region may have written more than this database has (I14): 0 no, 1 nobody
-- could tell, 2 it was empty and not all could tell, 3 it has. Kept until peers have said
-- what they have, and that is here.
alter table log_head add column doubt smallint not null default 0;
