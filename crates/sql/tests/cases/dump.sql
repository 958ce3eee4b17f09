--
-- PostgreSQL database dump
--

\restrict 5Zx9AbC

SET statement_timeout = 0;
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TABLE public.a (
    id integer NOT NULL
);

COPY public.a (id) FROM stdin;
1
\.

SELECT pg_catalog.setval('public.a_id_seq', 1, true);

--
-- PostgreSQL database dump complete
--

\unrestrict 5Zx9AbC

