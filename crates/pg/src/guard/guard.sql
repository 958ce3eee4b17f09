-- The guard: event triggers that let schema changes through only in a session that holds a pass. Installed by a superuser, who owns
-- it all; version 1. Source: PostgreSQL manual, 40 "Event Triggers".
CREATE SCHEMA groundline_guard;
REVOKE ALL ON SCHEMA groundline_guard FROM PUBLIC;
GRANT USAGE ON SCHEMA groundline_guard TO PUBLIC;
COMMENT ON SCHEMA groundline_guard IS 'Groundline''s guard against schema changes outside migrations';

CREATE TABLE groundline_guard.setting (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    version integer NOT NULL,
    mode text NOT NULL CHECK (mode IN ('enforce', 'audit')),
    migrators text[] NOT NULL,
    exempt text[] NOT NULL,
    secret bytea
);
COMMENT ON TABLE groundline_guard.setting IS 'How the guard judges: one row';
COMMENT ON COLUMN groundline_guard.setting.is_only IS 'Always true: there is one row';
COMMENT ON COLUMN groundline_guard.setting.version IS 'Version of the guard';
COMMENT ON COLUMN groundline_guard.setting.mode IS 'enforce: changes without a pass are refused; audit: they are logged';
COMMENT ON COLUMN groundline_guard.setting.migrators IS 'Roles that may open a pass; without a secret, they need none';
COMMENT ON COLUMN groundline_guard.setting.exempt IS 'Roles that the guard does not judge, such as those of maintenance jobs';
COMMENT ON COLUMN groundline_guard.setting.secret IS 'SHA-256 of the secret that opens a pass, where migrations and application share a role';

CREATE TABLE groundline_guard.pass (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('run', 'emergency')),
    pid integer,
    session_began timestamptz,
    role text NOT NULL,
    reason text NOT NULL,
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    until timestamptz,
    closed_at timestamptz
);
COMMENT ON TABLE groundline_guard.pass IS 'Sessions and roles that may change the schema';
COMMENT ON COLUMN groundline_guard.pass.id IS 'Order in which passes were opened';
COMMENT ON COLUMN groundline_guard.pass.kind IS 'run: of one session, by Groundline or the migrations'' tool; emergency: of a role, for a time';
COMMENT ON COLUMN groundline_guard.pass.pid IS 'The session''s server process';
COMMENT ON COLUMN groundline_guard.pass.session_began IS 'When that session began, as process ids come again';
COMMENT ON COLUMN groundline_guard.pass.role IS 'Role that the session logged in as';
COMMENT ON COLUMN groundline_guard.pass.reason IS 'Which run, or why it is an emergency';
COMMENT ON COLUMN groundline_guard.pass.opened_by IS 'Role that opened it';
COMMENT ON COLUMN groundline_guard.pass.opened_at IS 'When it was opened';
COMMENT ON COLUMN groundline_guard.pass.until IS 'When an emergency ends';
COMMENT ON COLUMN groundline_guard.pass.closed_at IS 'When it was closed';

CREATE TABLE groundline_guard.log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    pass bigint REFERENCES groundline_guard.pass,
    session_role text NOT NULL,
    role text NOT NULL,
    application text NOT NULL,
    address inet,
    pid integer NOT NULL,
    command text NOT NULL,
    object text,
    statement text
);
COMMENT ON TABLE groundline_guard.log IS 'Schema changes in an emergency, or in audit mode without a pass';
COMMENT ON COLUMN groundline_guard.log.id IS 'Order in which they were made';
COMMENT ON COLUMN groundline_guard.log.at IS 'When';
COMMENT ON COLUMN groundline_guard.log.pass IS 'The emergency that let it through';
COMMENT ON COLUMN groundline_guard.log.session_role IS 'Role that the session logged in as';
COMMENT ON COLUMN groundline_guard.log.role IS 'Role that the statement ran as';
COMMENT ON COLUMN groundline_guard.log.application IS 'The session''s application_name';
COMMENT ON COLUMN groundline_guard.log.address IS 'Where the session comes from';
COMMENT ON COLUMN groundline_guard.log.pid IS 'The session''s server process';
COMMENT ON COLUMN groundline_guard.log.command IS 'What was done: ALTER TABLE, DROP INDEX …';
COMMENT ON COLUMN groundline_guard.log.object IS 'To which object';
COMMENT ON COLUMN groundline_guard.log.statement IS 'The statement as it was sent';

CREATE FUNCTION groundline_guard.session_began() RETURNS timestamptz
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid() $$;
COMMENT ON FUNCTION groundline_guard.session_began() IS 'When this session began';

-- NULL: no pass. 0: none is needed. Else the emergency's, or -1 for that of a run.
CREATE FUNCTION groundline_guard.standing() RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    g groundline_guard.setting;
    found bigint;
BEGIN
    SELECT * INTO STRICT g FROM groundline_guard.setting;
    IF session_user = ANY (g.exempt) OR (session_user = ANY (g.migrators) AND g.secret IS NULL) THEN
        RETURN 0;
    END IF;
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) AND current_setting('application_name') IN ('pg_restore', 'groundline restore') THEN
        RETURN 0;
    END IF;
    IF EXISTS (SELECT FROM groundline_guard.pass WHERE kind = 'run' AND pid = pg_backend_pid()
               AND session_began = groundline_guard.session_began() AND closed_at IS NULL) THEN
        RETURN -1;
    END IF;
    SELECT id INTO found FROM groundline_guard.pass WHERE kind = 'emergency' AND role = session_user
        AND closed_at IS NULL AND until > clock_timestamp() ORDER BY id DESC LIMIT 1;
    RETURN found;
END $$;
COMMENT ON FUNCTION groundline_guard.standing() IS 'Whether this session may change the schema';

CREATE FUNCTION groundline_guard.may_open(given text) RETURNS void
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    g groundline_guard.setting;
BEGIN
    SELECT * INTO STRICT g FROM groundline_guard.setting;
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) THEN
        RETURN;
    END IF;
    IF NOT session_user = ANY (g.migrators || g.exempt) THEN
        RAISE insufficient_privilege USING MESSAGE = format('the role %s may not open the guard', session_user),
            HINT = 'connect as a role of the migrations: groundline guard status lists them';
    END IF;
    IF g.secret IS NOT NULL AND g.secret IS DISTINCT FROM sha256(convert_to(given, 'UTF8')) THEN
        RAISE insufficient_privilege USING MESSAGE = 'the guard wants its secret',
            HINT = 'the migrations'' process has it in GROUNDLINE_GUARD_SECRET, the application''s has not';
    END IF;
END $$;
COMMENT ON FUNCTION groundline_guard.may_open(text) IS 'Refuses a session that may not open a pass';

CREATE FUNCTION groundline_guard.open(secret text, reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM groundline_guard.may_open(secret);
    INSERT INTO groundline_guard.pass (kind, pid, session_began, role, reason, opened_by)
        SELECT 'run', pg_backend_pid(), groundline_guard.session_began(), session_user, open.reason, session_user
        WHERE groundline_guard.standing() IS DISTINCT FROM -1;
END $$;
COMMENT ON FUNCTION groundline_guard.open(text, text) IS 'Lets this session change the schema, until it ends';

CREATE FUNCTION groundline_guard.close() RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE groundline_guard.pass SET closed_at = clock_timestamp() WHERE kind = 'run' AND pid = pg_backend_pid()
        AND session_began = groundline_guard.session_began() AND closed_at IS NULL $$;
COMMENT ON FUNCTION groundline_guard.close() IS 'Gives this session''s pass back';

CREATE FUNCTION groundline_guard.emergency(secret text, reason text, role text, lasting interval) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    PERFORM groundline_guard.may_open(secret);
    IF emergency.reason !~ '\S' OR lasting <= interval '0' OR lasting > interval '1 day' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'an emergency has a reason, and lasts a day at most';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = emergency.role) THEN
        RAISE undefined_object USING MESSAGE = format('there is no role %s', emergency.role);
    END IF;
    INSERT INTO groundline_guard.pass (kind, role, reason, opened_by, until)
        VALUES ('emergency', emergency.role, emergency.reason, session_user, clock_timestamp() + lasting) RETURNING id INTO made;
    RETURN made;
END $$;
COMMENT ON FUNCTION groundline_guard.emergency(text, text, text, interval) IS 'Lets a role change the schema for a time; each change is logged';

CREATE FUNCTION groundline_guard.end_emergencies(secret text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ended bigint;
BEGIN
    PERFORM groundline_guard.may_open(secret);
    UPDATE groundline_guard.pass SET closed_at = clock_timestamp()
        WHERE kind = 'emergency' AND closed_at IS NULL AND until > clock_timestamp();
    GET DIAGNOSTICS ended = ROW_COUNT;
    RETURN ended;
END $$;
COMMENT ON FUNCTION groundline_guard.end_emergencies(text) IS 'Ends every emergency that still lasts';

CREATE FUNCTION groundline_guard.judge(command text, object text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    pass bigint := groundline_guard.standing();
BEGIN
    IF pass <= 0 THEN
        RETURN;
    END IF;
    IF pass IS NULL AND (SELECT mode FROM groundline_guard.setting) = 'enforce' THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('%s is refused: the schema of this database changes by migrations alone', command),
            DETAIL = format('%s, by %s', coalesce(object, 'no object is known yet'), session_user),
            HINT = 'Write a revision. In an emergency: groundline guard open --reason TEXT --ttl 30m, which is logged.';
    END IF;
    INSERT INTO groundline_guard.log (pass, session_role, role, application, address, pid, command, object, statement)
        VALUES (pass, session_user, current_setting('role'), current_setting('application_name'), inet_client_addr(),
                pg_backend_pid(), judge.command, judge.object, current_query());
END $$;
COMMENT ON FUNCTION groundline_guard.judge(text, text) IS 'Refuses, logs or lets through one change';
REVOKE EXECUTE ON FUNCTION groundline_guard.judge(text, text), groundline_guard.may_open(text) FROM PUBLIC;

-- What commits before it ends can't be refused at its end.
CREATE FUNCTION groundline_guard.at_start() RETURNS event_trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_query() ~* 'concurrently' THEN
        PERFORM groundline_guard.judge(tg_tag || ' CONCURRENTLY', NULL);
    END IF;
END $$;
COMMENT ON FUNCTION groundline_guard.at_start() IS 'Judges what runs in several transactions';

CREATE FUNCTION groundline_guard.at_end() RETURNS event_trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    change record;
BEGIN
    FOR change IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP
        CONTINUE WHEN change.in_extension OR change.schema_name IN ('pg_temp', 'groundline')
            OR change.command_tag IN ('REFRESH MATERIALIZED VIEW', 'REINDEX', 'ANALYZE')
            OR (change.object_type = 'schema' AND change.object_identity = 'groundline');
        PERFORM groundline_guard.judge(change.command_tag, change.object_identity);
    END LOOP;
END $$;
COMMENT ON FUNCTION groundline_guard.at_end() IS 'Judges what was created, altered, granted, commented';

CREATE FUNCTION groundline_guard.at_drop() RETURNS event_trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    change record;
BEGIN
    FOR change IN SELECT * FROM pg_event_trigger_dropped_objects() WHERE original LOOP
        CONTINUE WHEN change.is_temporary OR change.schema_name ~ '^pg_(temp|toast)' OR change.schema_name = 'groundline'
            OR tg_tag IN ('REFRESH MATERIALIZED VIEW', 'REINDEX', 'CLUSTER', 'VACUUM');
        PERFORM groundline_guard.judge(tg_tag, change.object_identity);
    END LOOP;
END $$;
COMMENT ON FUNCTION groundline_guard.at_drop() IS 'Judges what was dropped';

CREATE FUNCTION groundline_guard.at_rewrite() RETURNS event_trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (SELECT relpersistence FROM pg_class WHERE oid = pg_event_trigger_table_rewrite_oid()) <> 't' THEN
        PERFORM groundline_guard.judge(tg_tag, pg_event_trigger_table_rewrite_oid()::regclass::text);
    END IF;
END $$;
COMMENT ON FUNCTION groundline_guard.at_rewrite() IS 'Judges a rewrite before it begins';

CREATE EVENT TRIGGER groundline_guard_start ON ddl_command_start
    WHEN TAG IN ('CREATE INDEX', 'DROP INDEX', 'ALTER TABLE') EXECUTE FUNCTION groundline_guard.at_start();
CREATE EVENT TRIGGER groundline_guard_end ON ddl_command_end EXECUTE FUNCTION groundline_guard.at_end();
CREATE EVENT TRIGGER groundline_guard_drop ON sql_drop EXECUTE FUNCTION groundline_guard.at_drop();
CREATE EVENT TRIGGER groundline_guard_rewrite ON table_rewrite EXECUTE FUNCTION groundline_guard.at_rewrite();
-- Also where session_replication_role is replica.
ALTER EVENT TRIGGER groundline_guard_start ENABLE ALWAYS;
ALTER EVENT TRIGGER groundline_guard_end ENABLE ALWAYS;
ALTER EVENT TRIGGER groundline_guard_drop ENABLE ALWAYS;
ALTER EVENT TRIGGER groundline_guard_rewrite ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER groundline_guard_start IS 'Groundline''s guard';
COMMENT ON EVENT TRIGGER groundline_guard_end IS 'Groundline''s guard';
COMMENT ON EVENT TRIGGER groundline_guard_drop IS 'Groundline''s guard';
COMMENT ON EVENT TRIGGER groundline_guard_rewrite IS 'Groundline''s guard';
