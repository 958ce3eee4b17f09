COPY a FROM stdin; SELECT 1; SELECT 2;
1
\.
SELECT 3;
COPY a FROM stdin; -- groundline: after copy
2
\.