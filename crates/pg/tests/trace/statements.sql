-- Statements whose effects are predicted by the lint and seen by the trace, on each major. One block a statement:
-- `-- case:` its name, `-- setup:` what runs before (and is no part of it), `-- majors:` where it exists, `-- fails` where
-- PostgreSQL refuses it.

-- case: add_col_const_default
alter table t add column x int default 5;

-- case: add_col_nn_const_default
alter table t add column x int not null default 5;

-- case: add_col_volatile_default_clock
alter table t add column x timestamptz default clock_timestamp();

-- case: add_col_serial
alter table t add column x bigserial;

-- case: add_col_identity
alter table t add column x bigint generated always as identity;

-- case: add_col_gen_virtual
-- majors: 18
alter table t add column x int generated always as (a*2) virtual;

-- case: add_col_unique
alter table t add column x int unique;

-- case: add_col_pk
-- setup: alter table t drop constraint t_pkey
-- fails
alter table t add column x int primary key;

-- case: add_col_fk_null
alter table t add column x bigint references p(id);

-- case: add_col_fk_default
alter table t add column x bigint default 1 references p(id);

-- case: add_col_check
alter table t add column x int check (x>0);

-- case: add_col_check_default
alter table t add column x int default 3 check (x>0);

-- case: add_col_domain_constrained
-- setup: create domain dc as int check (value>0)
alter table t add column x dc;

-- case: drop_col
alter table t drop column b;

-- case: rename_table
alter table t rename to t9;

-- case: rename_index
alter index t_a rename to t_a2;

-- case: rename_view
alter view v rename to v9;

-- case: set_not_null
alter table t alter column a set not null;

-- case: set_not_null_with_notvalid_check
-- setup: alter table t add constraint ck check (a is not null) not valid
alter table t alter column a set not null;

-- case: pg18_add_not_null_not_valid
-- majors: 18
alter table t add constraint nn not null a not valid;

-- case: pg18_validate_not_null
-- setup: alter table t add constraint nn not null a not valid
-- majors: 18
alter table t validate constraint nn;

-- case: drop_not_null
alter table t alter column i4 drop not null;

-- case: type_int_bigint
alter table t alter column i4 type bigint;

-- case: type_varchar_narrow
alter table t alter column c type varchar(20);

-- case: type_text_varchar_nolimit
alter table t alter column b type varchar;

-- case: type_numeric_widen_prec
alter table t alter column n type numeric(12,2);

-- case: type_numeric_change_scale
alter table t alter column n type numeric(12,4);

-- case: type_ts_tz_utc
-- setup: set timezone='UTC'
alter table t alter column ts type timestamptz;

-- case: type_ts_tz_nonutc
-- setup: set timezone='Europe/Berlin'
alter table t alter column ts type timestamptz;

-- case: type_json_jsonb
alter table t alter column j type jsonb;

-- case: type_ts_precision
-- setup: alter table t add column t3 timestamp(3)
alter table t alter column t3 type timestamp(6);

-- case: type_text_domain_unconstrained
-- setup: create domain du as text
alter table t alter column b type du;

-- case: type_same_collate_C
alter table t alter column c type varchar(50) collate "C";

-- case: add_check_not_valid
alter table t add constraint ck check (a>0) not valid;

-- case: validate_check
-- setup: alter table t add constraint ck check (a>0) not valid
alter table t validate constraint ck;

-- case: add_fk
alter table t add constraint fk foreign key (pid) references p(id);

-- case: add_fk_not_valid
alter table t add constraint fk foreign key (pid) references p(id) not valid;

-- case: drop_table_with_fk
-- setup: create table c2(id int primary key, pid bigint references p(id))
drop table c2;

-- case: add_unique
alter table t add constraint uq unique (a);

-- case: add_unique_using_index
-- setup: create unique index uqi on t(a)
alter table t add constraint uq unique using index uqi;

-- case: add_pk
-- setup: alter table t drop constraint t_pkey
alter table t add primary key (id);

-- case: add_pk_using_index_notnull
-- setup: alter table t drop constraint t_pkey; create unique index pki on t(id)
alter table t add constraint tpk primary key using index pki;

-- case: add_pk_using_index_nullable
-- setup: alter table t drop constraint t_pkey; create unique index pki on t(a)
alter table t add constraint tpk primary key using index pki;

-- case: add_exclusion
alter table t add constraint ex exclude using btree (a with =);

-- case: drop_constraint_check
-- setup: alter table t add constraint ck check (a>0)
alter table t drop constraint ck;

-- case: create_index
create index ix on t(b);

-- case: create_index_concurrently
create index concurrently ix on t(b);

-- case: create_index_partitioned
create index ix on pt(id);

-- case: drop_index
drop index t_a;

-- case: drop_index_concurrently
drop index concurrently t_a;

-- case: reindex_index
reindex index t_a;

-- case: reindex_table
reindex table t;

-- case: reindex_index_concurrently
reindex index concurrently t_a;

-- case: alter_index_set_fillfactor
alter index t_a set (fillfactor=80);

-- case: alter_table_set_fillfactor
alter table t set (fillfactor=80);

-- case: alter_table_set_autovacuum
alter table t set (autovacuum_vacuum_scale_factor=0.01);

-- case: alter_column_set_statistics
alter table t alter column a set statistics 500;

-- case: alter_column_set_storage
alter table t alter column b set storage external;

-- case: set_unlogged
alter table t set unlogged;

-- case: set_logged
-- setup: alter table p set unlogged
alter table p set logged;

-- case: set_access_method
-- majors: not 14
alter table t set access method heap;

-- case: set_tablespace
alter table t set tablespace pg_default;

-- case: cluster
cluster t using t_a;

-- case: vacuum_full
vacuum full t;

-- case: vacuum
vacuum t;

-- case: analyze
analyze t;

-- case: truncate
truncate t;

-- case: truncate_cascade
-- setup: create table c2(pid bigint references p(id))
truncate p cascade;

-- case: drop_table
drop table t cascade;

-- case: refresh_mv
refresh materialized view mv;

-- case: create_trigger
create trigger tr2 after insert on t for each row execute function f();

-- case: create_or_replace_trigger
create or replace trigger trg before update on t for each row execute function f();

-- case: disable_trigger
alter table t disable trigger trg;

-- case: drop_policy
-- setup: create policy po on t using (true)
drop policy po on t;

-- case: create_rule
create rule r1 as on delete to t do also nothing;

-- case: attach_partition
alter table pt attach partition pt2 for values from ('2025-01-01') to ('2026-01-01');

-- case: attach_partition_default_exists
-- setup: create table ptd partition of pt default; insert into ptd select g,'2030-01-01','x' from generate_series(1,30) g
alter table pt attach partition pt2 for values from ('2025-01-01') to ('2026-01-01');

-- case: create_partition_of
create table pt3 partition of pt for values from ('2027-01-01') to ('2028-01-01');

-- case: drop_view
drop view v;

-- case: create_statistics
create statistics st on a,b from t;

-- case: comment_on_table
comment on table t is 'x';

-- case: set_schema
-- setup: create schema if not exists l2
alter table t set schema l2;

-- case: domain_add_check
alter domain dom add constraint dck check (value<>'');

-- case: domain_add_check_not_valid
alter domain dom add constraint dck check (value<>'') not valid;

-- case: domain_validate
-- setup: alter domain dom add constraint dck check (value<>'') not valid
alter domain dom validate constraint dck;

-- case: composite_alter_attr_in_use
-- setup: create type ct as (x int); create table ctt(v ct)
alter type ct add attribute y int;

-- case: alter_sequence_type
alter sequence s1 as int;

-- case: create_publication_table
create publication pub_l for table t;

-- case: update_all
update t set a=a;

-- case: delete_all
delete from t;

-- case: create_table_as
create table tx as select * from t;

-- case: alter_column_drop_expression
-- setup: alter table t add column gx int generated always as (a*2) stored
alter table t alter column gx drop expression;

-- case: add_identity_existing
alter table t alter column i4 drop default, alter column i4 add generated by default as identity;

-- case: drop_identity
-- setup: alter table p alter column id add generated by default as identity
alter table p alter column id drop identity;

-- case: add_col_nullable
alter table t add column x int;

-- case: add_col_now
alter table t add column x timestamptz not null default now();

-- case: add_col_current_date
alter table t add column x date default current_date;

-- case: add_col_uuid
alter table t add column x uuid default gen_random_uuid();

-- case: add_col_random
alter table t add column x float8 default random();

-- case: add_col_nextval
alter table t add column x bigint default nextval('s1');

-- case: add_col_default_of_own_volatile_function
-- setup: create function vf() returns int language plpgsql volatile as 'begin return 1; end'
alter table t add column x int default vf();

-- case: add_col_default_of_own_stable_function
-- setup: create function sf() returns int language sql stable as 'select 1'
alter table t add column x int default sf();

-- case: add_col_default_expression
alter table t add column x text default upper('a') || lower('B');

-- case: add_col_smallserial
alter table t add column x smallserial;

-- case: add_col_generated_stored
alter table t add column x int generated always as (a * 2) stored;

-- case: add_col_identity_by_default
alter table t add column x int generated by default as identity;

-- case: add_col_json
alter table t add column x json;

-- case: add_col_varchar
alter table t add column if not exists x varchar(10) default 'a';

-- case: add_col_that_is_there
alter table t add column if not exists a int default 5;

-- case: add_col_domain_without_constraint
alter table t add column x dom;

-- case: add_col_domain_not_null_with_default
-- setup: create domain dnn as int not null
alter table t add column x dnn default 1;

-- case: add_col_enum_with_default
alter table t add column x en default 'a';

-- case: add_col_array_with_default
alter table t add column x int[] default '{}';

-- case: add_col_collate
alter table t add column x text collate "C";

-- case: add_col_not_null_on_empty
alter table empty_t add column y int not null;

-- case: add_two_cols_and_a_check
alter table t add column x int, add column y int, add constraint xy check (x > y);

-- case: add_col_default_null
alter table t add column x int default null;

-- case: add_col_unique_with_default_on_empty
alter table empty_t add column y int unique;

-- case: add_col_pk_on_empty
alter table empty_t add column y int primary key;

-- case: add_col_on_partitioned
alter table pt add column x int default 1;

-- case: add_col_volatile_on_partitioned
alter table pt add column x uuid default gen_random_uuid();

-- case: drop_col_indexed
alter table t drop column a cascade;

-- case: drop_col_if_exists
alter table t drop column if exists b;

-- case: drop_col_with_fk
-- setup: alter table t add constraint fk foreign key (pid) references p(id)
alter table t drop column pid;

-- case: drop_col_on_partitioned
alter table pt drop column v;

-- case: rename_column
alter table t rename column b to bb;

-- case: rename_constraint
alter table t rename constraint t_pkey to tt_pkey;

-- case: set_default
alter table t alter column a set default 7;

-- case: drop_default
alter table t alter column i4 drop default;

-- case: set_default_volatile
alter table t alter column b set default gen_random_uuid()::text;

-- case: set_not_null_when_it_is
alter table t alter column i4 set not null;

-- case: set_not_null_with_valid_check
-- setup: alter table t add constraint ck check (a is not null)
alter table t alter column a set not null;

-- case: set_not_null_with_valid_check_in_a_conjunction
-- setup: alter table t add constraint ck check (a is not null and a > 0)
alter table t alter column a set not null;

-- case: set_not_null_with_check_that_does_not_prove_it
-- setup: alter table t add constraint ck check (a is not null or b is not null)
alter table t alter column a set not null;

-- case: set_not_null_on_partitioned
alter table pt alter column id set not null;

-- case: set_not_null_twice
alter table t alter column a set not null, alter column pid set not null;

-- case: type_varchar_widen
alter table t alter column c type varchar(60);

-- case: type_varchar_to_text
alter table t alter column c type text;

-- case: type_varchar_unlimited
alter table t alter column c type varchar;

-- case: type_text_to_varchar_limited
alter table t alter column b type varchar(100);

-- case: type_numeric_unconstrained
alter table t alter column n type numeric;

-- case: type_numeric_narrow
alter table t alter column n type numeric(8,2);

-- case: type_int_to_text
alter table t alter column i4 type text;

-- case: type_text_to_int_using
alter table t alter column b type int using length(b);

-- case: type_char_resize
alter table t alter column ch type char(9);

-- case: type_char_to_text
alter table t alter column ch type text;

-- case: type_date_to_timestamp
alter table t alter column d type timestamp;

-- case: type_timestamptz_to_timestamp
-- setup: set timezone='Europe/Berlin'
alter table t alter column tz type timestamp;

-- case: type_timestamp_narrow
alter table t alter column ts type timestamp(0);

-- case: type_cidr_to_inet
-- setup: alter table t add column net cidr
alter table t alter column net type inet;

-- case: type_inet_to_cidr
-- setup: alter table t add column net inet
alter table t alter column net type cidr;

-- case: type_int_to_oid
alter table t alter column i4 drop default, alter column i4 type oid;

-- case: type_bit_varying_widen
-- setup: alter table t add column bits varbit(5)
alter table t alter column bits type varbit(9);

-- case: type_interval_widen
-- setup: alter table t add column iv interval(2)
alter table t alter column iv type interval(6);

-- case: type_interval_plain
-- setup: alter table t add column iv interval(2)
alter table t alter column iv type interval;

-- case: type_same
alter table t alter column i4 type int;

-- case: type_time_widen
-- setup: alter table t add column ti time(0)
alter table t alter column ti type time;

-- case: type_to_domain_with_constraint
-- setup: create domain dchk as text check (value <> '')
alter table t alter column b type dchk;

-- case: type_domain_to_its_base
alter table dt alter column x type text;

-- case: type_enum_to_text
alter table et alter column e type text;

-- case: type_text_to_enum
-- setup: update t set b = 'a'
alter table t alter column b type en using b::en;

-- case: type_varchar_widen_with_check
-- setup: alter table t add constraint ck check (c <> '')
alter table t alter column c type varchar(60);

-- case: type_varchar_to_text_with_check_on_another
-- setup: alter table t add constraint ck check (b <> '')
alter table t alter column c type text;

-- case: type_collate_without_index
alter table t alter column b type text collate "C";

-- case: type_varchar_array_widen
-- setup: alter table t add column va varchar(5)[]
alter table t alter column va type varchar(9)[];

-- case: type_varchar_array_to_text_array
-- setup: alter table t add column va varchar(5)[]
alter table t alter column va type text[];

-- case: type_bigint_on_partitioned
alter table pt alter column id type bigint;

-- case: type_used_by_a_view
-- fails
alter table t alter column a type bigint;

-- case: set_statistics_on_index
-- setup: create index t_expr on t ((a + 1))
alter index t_expr alter column 1 set statistics 200;

-- case: set_compression
alter table t alter column b set compression pglz;

-- case: set_n_distinct
alter table t alter column a set (n_distinct = 5);

-- case: set_toast_options
alter table t set (toast.autovacuum_enabled = false);

-- case: reset_options
-- setup: alter table t set (fillfactor = 80)
alter table t reset (fillfactor);

-- case: set_parallel_workers
alter table t set (parallel_workers = 2);

-- case: add_check
alter table t add constraint ck check (i4 > 0);

-- case: add_check_unnamed
alter table t add check (i4 > 0);

-- case: add_check_not_enforced
-- majors: 18
alter table t add constraint ck check (a > 0) not enforced;

-- case: add_check_on_partitioned
alter table pt add constraint ck check (id > 0);

-- case: add_check_not_valid_on_partitioned
alter table pt add constraint ck check (id > 0) not valid;

-- case: validate_on_partitioned
-- setup: alter table pt add constraint ck check (id > 0) not valid
alter table pt validate constraint ck;

-- case: validate_valid_check
-- setup: alter table t add constraint ck check (i4 > 0)
alter table t validate constraint ck;

-- case: add_not_null_constraint
-- majors: 18
alter table t add constraint nn not null a;

-- case: add_fk_to_itself
alter table p add constraint fk foreign key (k) references p(id) not valid;

-- case: validate_fk
-- setup: alter table t add constraint fk foreign key (pid) references p(id) not valid
alter table t validate constraint fk;

-- case: add_fk_cascade
alter table t add constraint fk foreign key (pid) references p(id) on delete cascade;

-- case: add_fk_not_enforced
-- majors: 18
alter table t add constraint fk foreign key (pid) references p(id) not enforced;

-- case: drop_fk
-- setup: alter table t add constraint fk foreign key (pid) references p(id)
alter table t drop constraint fk;

-- case: drop_pk
alter table t drop constraint t_pkey;

-- case: alter_constraint
-- setup: alter table t add constraint fk foreign key (pid) references p(id)
alter table t alter constraint fk deferrable initially deferred;

-- case: add_unique_two_columns
alter table t add constraint uq unique (a, id);

-- case: add_unique_on_partitioned
alter table pt add constraint uq unique (id, at);

-- case: add_pk_on_empty
alter table empty_t add primary key (id);

-- case: add_exclusion_gist
alter table t add constraint ex exclude using gist (box(point(id, id), point(id, id)) with &&);

-- case: create_unique_index
create unique index ix on t(id, c);

-- case: create_index_if_not_exists
create index if not exists ix on t(b);

-- case: create_index_if_not_exists_that_is_there
create index if not exists t_a on t(a);

-- case: create_index_gin
create index ix on t using gin (to_tsvector('english', b));

-- case: create_index_partial
create index ix on t(a) where a > 5;

-- case: create_index_on_matview
create index ix on mv(a);

-- case: create_index_on_only_partitioned
create index ix on only pt(id);

-- case: create_index_concurrently_unique
create unique index concurrently ix on t(id, c);

-- case: drop_index_if_exists
drop index if exists t_a, t_c;

-- case: drop_index_of_matview
drop index mv_id;

-- case: drop_index_partitioned
-- setup: create index ix on pt(id)
drop index ix;

-- case: attach_index
-- setup: create index ix on only pt(id); create index ix1 on pt1(id)
alter index ix attach partition ix1;

-- case: reindex_table_concurrently
reindex table concurrently t;

-- case: reindex_option_concurrently
reindex (concurrently) index t_a;

-- case: reindex_verbose
reindex (verbose) index t_a;

-- case: set_unlogged_twice
-- setup: alter table p set unlogged
alter table p set unlogged;

-- case: set_logged_when_it_is
alter table p set logged;

-- case: cluster_on
alter table t cluster on t_a;

-- case: set_without_cluster
alter table t set without cluster;

-- case: cluster_verbose
cluster verbose t using t_a;

-- case: vacuum_full_option
vacuum (full) t;

-- case: vacuum_full_off
vacuum (full off) t;

-- case: vacuum_analyze
vacuum (analyze) t;

-- case: lock_table
lock table t;

-- case: lock_table_share
lock table t in share mode;

-- case: lock_table_row_exclusive
lock table t, p in row exclusive mode;

-- case: truncate_two
truncate t, empty_t;

-- case: truncate_partitioned
truncate pt;

-- case: truncate_restart
truncate table only t restart identity;

-- case: drop_table_plain
drop table empty_t;

-- case: drop_table_if_exists
drop table if exists empty_t, nothing_there;

-- case: drop_partitioned
drop table pt;

-- case: drop_partition
drop table pt1;

-- case: drop_matview
drop materialized view mv;

-- case: drop_sequence
drop sequence s1;

-- case: drop_view_cascade
-- setup: create view vv as select * from v
drop view v cascade;

-- case: rename_to_on_partitioned
alter table pt rename to ptt;

-- case: rename_matview
alter materialized view mv rename to mvv;

-- case: rename_sequence
alter sequence s1 rename to s2;

-- case: view_rename_column
alter view v rename column a to aa;

-- case: view_set_schema
-- setup: create schema l2
alter view v set schema l2;

-- case: refresh_concurrently
refresh materialized view concurrently mv;

-- case: refresh_with_no_data
refresh materialized view mv with no data;

-- case: create_view
create view v2 as select * from t;

-- case: replace_view
create or replace view v as select id, a, b from t;

-- case: create_matview
create materialized view mv2 as select id from t;

-- case: drop_trigger
drop trigger trg on t;

-- case: rename_trigger
alter trigger trg on t rename to trg2;

-- case: enable_trigger
alter table t enable trigger trg;

-- case: enable_always_trigger
alter table t enable always trigger trg;

-- case: disable_trigger_all
alter table t disable trigger all;

-- case: create_constraint_trigger
create constraint trigger ct after insert on t deferrable for each row execute function f();

-- case: enable_rls
alter table t enable row level security;

-- case: force_rls
alter table t force row level security;

-- case: disable_rls
-- setup: alter table t enable row level security
alter table t disable row level security;

-- case: create_policy
create policy po on t using (true);

-- case: alter_policy
-- setup: create policy po on t using (true)
alter policy po on t using (false);

-- case: drop_rule
-- setup: create rule r1 as on delete to t do also nothing
drop rule r1 on t;

-- case: replica_identity_full
alter table t replica identity full;

-- case: replica_identity_index
-- setup: create unique index ri on t(i4, id); alter table t alter column id set not null
alter table t replica identity using index ri;

-- case: inherit
-- setup: create table par(id int, x int)
alter table empty_t inherit par;

-- case: no_inherit
-- setup: create table par(id int, x int); alter table empty_t inherit par
alter table empty_t no inherit par;

-- case: owner
alter table t owner to current_user;

-- case: attach_partition_with_check
-- setup: alter table pt2 alter column at set not null, add constraint ck check (at >= '2025-01-01' and at < '2026-01-01')
alter table pt attach partition pt2 for values from ('2025-01-01') to ('2026-01-01');

-- case: attach_default_partition
alter table pt attach partition pt2 default;

-- case: detach_partition
alter table pt detach partition pt1;

-- case: detach_partition_concurrently
alter table pt detach partition pt1 concurrently;

-- case: create_partition_of_with_default
-- setup: create table ptd partition of pt default
create table pt3 partition of pt for values from ('2027-01-01') to ('2028-01-01');

-- case: create_default_partition
create table ptd partition of pt default;

-- case: create_table
create table n1(id bigint primary key, a int);

-- case: create_table_with_fk
create table n1(id bigint primary key, pid bigint references p(id));

-- case: create_table_like
create table n1(like t including all);

-- case: create_table_inherits
create table n1(y int) inherits (empty_t);

-- case: create_table_if_not_exists_that_is_there
create table if not exists t(z int);

-- case: create_temporary_table
create temporary table n1 as select 1 as a;

-- case: select_into
select * into n1 from empty_t;

-- case: domain_set_not_null
alter domain dom set not null;

-- case: domain_drop_not_null
alter domain dom drop not null;

-- case: domain_set_default
alter domain dom set default 'x';

-- case: domain_drop_constraint
-- setup: alter domain dom add constraint dck check (value <> '')
alter domain dom drop constraint dck;

-- case: enum_add_value
alter type en add value 'c';

-- case: enum_rename_value
alter type en rename value 'a' to 'aa';

-- case: type_rename
alter type en rename to en2;

-- case: sequence_restart
alter sequence s1 restart with 100;

-- case: sequence_owned_by
alter sequence s1 owned by t.a;

-- case: statistics_drop
-- setup: create statistics st on a, b from t
drop statistics st;

-- case: comment_on_column
comment on column t.a is 'x';

-- case: create_schema
create schema l3;

-- case: create_function
create function g() returns int language sql as 'select 1';

-- case: update_filtered
update t set a = a where id = 5;

-- case: delete_filtered
delete from t where id = 5;

-- case: insert
insert into empty_t values (1, 2);

-- case: insert_select
insert into empty_t select 1, g from generate_series(1, 3) g;

-- case: merge
-- majors: not 14
merge into empty_t e using p on p.id = e.id when matched then update set x = 1;

-- case: set_expression
-- majors: not 14 15 16
-- setup: alter table t add column gx int generated always as (a * 2) stored
alter table t alter column gx set expression as (a * 3);

-- case: set_expression_virtual
-- majors: 18
-- setup: alter table t add column gx int generated always as (a * 2) virtual
alter table t alter column gx set expression as (a * 3);

-- case: set_generated
-- setup: alter table p alter column id add generated by default as identity
alter table p alter column id set generated always;

-- case: restart_identity
-- setup: alter table p alter column id add generated by default as identity
alter table p alter column id restart with 5000;

-- case: several_actions
alter table t add column x int, alter column b set default 'q', drop column n;

-- case: add_validated_fk_between_empty_tables
-- setup: create table q(id int primary key); insert into q select g from generate_series(1, 50) g; insert into empty_t select g, g from generate_series(1, 50) g
alter table empty_t add constraint fk foreign key (x) references q(id);

-- case: add_pk_on_partitioned
alter table pt add constraint pk primary key (id, at);

-- case: set_schema_on_partitioned
-- setup: create schema l2
alter table pt set schema l2;

-- case: owner_on_partitioned
alter table pt owner to current_user;

-- case: rename_column_on_partitioned
alter table pt rename column v to vv;

-- case: set_statistics_on_partitioned
alter table pt alter column v set statistics 10;

-- case: set_default_on_partitioned
alter table pt alter column v set default 'x';

-- case: disable_trigger_on_partitioned
alter table pt disable trigger all;

-- case: enable_rls_on_partitioned
alter table pt enable row level security;

-- case: drop_constraint_on_partitioned
-- setup: alter table pt add constraint ck check (id > 0)
alter table pt drop constraint ck;

-- case: create_trigger_on_partitioned
create trigger tr after insert on pt for each row execute function f();

-- case: storage_on_partitioned
alter table pt alter column v set storage external;

-- case: add_column_on_a_parent
-- setup: create table kid(z int) inherits (empty_t)
alter table empty_t add column y int;

-- case: type_on_a_parent
-- setup: create table kid(z int) inherits (empty_t)
alter table empty_t alter column x type bigint;

-- case: rename_index_on_partitioned
-- setup: create index ix on pt(id)
alter index ix rename to iy;

-- case: reindex_partitioned_table
reindex table pt1;

-- case: drop_column_used_by_nothing
alter table p drop column name;

-- case: type_time_in_utc_with_an_index
-- setup: set timezone='UTC'; create index t_ts on t(ts)
alter table t alter column ts type timestamptz;

-- case: type_int_to_oid_with_an_index
-- setup: create index t_i4 on t(i4); alter table t alter column i4 drop default
alter table t alter column i4 type oid;

-- case: type_varchar_to_text_with_an_index
alter table t alter column c type text;

-- case: type_cidr_to_inet_with_an_index
-- setup: alter table t add column net cidr; create index t_net on t(net)
alter table t alter column net type inet;

-- case: type_numeric_widen_with_an_index
-- setup: create index t_n on t(n)
alter table t alter column n type numeric(14,2);

-- case: type_with_an_index_on_an_expression
-- setup: create index t_lower on t(lower(c))
alter table t alter column c type text;

-- case: type_with_an_index_with_a_condition
-- setup: create index t_some on t(a) where n > 5
alter table t alter column n type numeric(14,2);

-- case: type_with_an_index_with_a_descending_key
-- setup: create index t_down on t(n desc)
alter table t alter column n type numeric(14,2);

-- case: type_same_with_an_index_on_an_expression
-- setup: create index t_lower on t(lower(b))
alter table t alter column b type text;
