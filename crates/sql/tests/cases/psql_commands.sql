\set ON_ERROR_STOP on
\set name 'it''s; here'
\connect other
\i tables.sql
\echo don't; stop
SELECT 1;
  \timing \x on \\ SELECT 2;
\.
\! rm -rf \\ nothing
\if :is_new
SELECT 3;
\endif
\
