-- Which database this is: a copy or a restored one is another (I14). Empty until a
-- writer has opened it.
alter table log_head add column identity text not null default '';
