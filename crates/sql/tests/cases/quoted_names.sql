CREATE TABLE "a;b" ("c""d;" int, U&"e\003B;" int);
CREATE TABLE "BEGIN" (id int); DROP TABLE "BEGIN";
