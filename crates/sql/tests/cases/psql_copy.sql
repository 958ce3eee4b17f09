\copy a (id) from stdin with csv
1;2
\.
\copy a to 'file.csv'
SELECT 1;
