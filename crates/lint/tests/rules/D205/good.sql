create view fresh as select 1 as a;
drop view fresh;
drop view if exists nothing_there;
alter type state rename to state_old;
create type state as enum ('a', 'b', 'c');
alter table flags alter column state type state using state::text::state;
drop type state_old;
