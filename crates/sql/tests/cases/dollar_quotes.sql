CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN; 'it; END $$;
CREATE FUNCTION g() RETURNS void LANGUAGE plpgsql AS $body$
BEGIN EXECUTE $q$ SELECT 1; $q$; PERFORM $$;$$; END;
$body$;
DO $_ä1$ BEGIN NULL; $_ä2$ $_ä1$; SELECT $x$;$y$ x$ $x$;
SELECT a$b$c; SELECT $1, $2$$;$$; SELECT 1$$;$$;
