SELECT 1;
COPY a FROM stdin;
1
2;
