COPY public.a (id, note) FROM stdin;
1	it's; a "line"
2	$$ /* \N
\.

copy "from" ("to") from STDIN with (format csv, header true); -- directive: none
id;"multi
line; \.x"
\.x
\.
COPY BINARY old FROM stdin;
\.
CREATE TABLE b (id int);
