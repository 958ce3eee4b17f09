CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql
BEGIN ATOMIC
  SELECT CASE WHEN a > 1 THEN 2 ELSE (CASE WHEN true THEN 3 END) END AS end;
  SELECT x.end, 1 AS case FROM x;
  SELECT (SELECT 1);
END;
create procedure p() begin atomic insert into t values (1); insert into t values (2); end;
CREATE FUNCTION begin() RETURNS int RETURN 1;
CREATE FUNCTION g() RETURNS int LANGUAGE sql BEGIN ATOMIC; END;
CREATE TABLE begin (atomic int); SELECT begin atomic FROM t;
