COPY a TO stdout;
COPY a FROM '/tmp/a.csv' CSV;
COPY a FROM PROGRAM 'cat stdin';
COPY (SELECT 1 FROM stdin) TO '/tmp/b';
DO $$ BEGIN EXECUTE 'x'; COPY a FROM stdin; END $$;
CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'COPY a FROM stdin;';
COPY a FROM stdin WHERE id > 1;
5
\.
SELECT 1;
