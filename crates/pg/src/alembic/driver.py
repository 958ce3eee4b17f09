"""Drives a project's own Alembic for Groundline: requests and answers are lines of JSON on stdin and stdout.

env.py is used as it is. What it prints goes to stderr. Nothing runs on a connection to another database than the
one that was meant: that one is known by an advisory lock which Groundline holds in it. Works with Alembic 1.7 and newer.
"""

import json
import os
import re
import sys
import traceback

# The project's own folder `alembic` must not be taken for the package: `python -c` puts the current folder first.
sys.path[:] = [entry for entry in sys.path if entry]

answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
os.dup2(2, 1)
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
sys.stdout = sys.stderr


class Refused(Exception):
    """The connection is not one to the database that was meant."""


class Driver:
    def __init__(self, opened):
        from argparse import Namespace

        from alembic.config import Config
        from alembic.script import ScriptDirectory

        ini, toml = opened["ini"], opened["toml"]
        self.config = Config(ini, toml_file=toml) if toml else Config(ini)
        self.config.set_main_option("script_location", opened["folder"].replace("%", "%%"))
        self.config.cmd_opts = Namespace(x=opened["x"] or None)
        self.url = opened["url"]
        self.host = opened["host"]
        self.key = opened["key"]
        self.settings = opened["settings"]
        self.seen = None
        if self.url:
            self.config.set_main_option("sqlalchemy.url", self.url.replace("%", "%%"))
        self.script = ScriptDirectory.from_config(self.config)
        self.watch()

    def watch(self):
        """Has every connection looked at before anything runs on it."""
        from alembic.runtime.environment import EnvironmentContext
        from sqlalchemy import event
        from sqlalchemy.engine import Engine
        from sqlalchemy.pool import Pool

        configure = EnvironmentContext.configure

        def configure_checked(context, connection=None, *args, **options):
            if connection is not None:
                self.check_connection(connection)
            elif not context.is_offline_mode():
                raise Refused("env.py gives Alembic no connection")
            return configure(context, connection, *args, **options)

        EnvironmentContext.configure = configure_checked

        if self.host:

            def to_socket(dialect, record, arguments, parameters):
                if parameters.get("host") == self.host["name"]:
                    parameters["host"] = self.host["folder"]

            event.listen(Engine, "do_connect", to_socket)

        event.listen(Pool, "connect", lambda connection, record: self.check_raw(connection))
        event.listen(Engine, "before_cursor_execute", self.see)

    def see(self, connection, cursor, statement, parameters, context, executemany):
        """Keeps what a revision executes, with the line of its file; Alembic's own bookkeeping comes from no revision."""
        if self.seen is None:
            return
        versions = os.path.join(self.script.dir, "versions")
        frames = [frame for frame in traceback.extract_stack() if is_below(versions, frame.filename)]
        if frames:
            self.seen.append({"sql": statement, "line": frames[-1].lineno})

    def question(self):
        high, low = self.key >> 32, self.key & 0xFFFFFFFF
        return (
            "SELECT current_database(), coalesce(host(inet_server_addr()), 'a socket'), EXISTS ("
            "SELECT FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted "
            f"AND classid = {high} AND objid = {low} AND objsubid = 1 "
            "AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))"
        )

    def judge(self, row):
        database, host, is_meant = row
        if not is_meant:
            raise Refused(f"it connects to database {database} on {host}")

    def check_connection(self, connection):
        if connection.dialect.name != "postgresql":
            raise Refused(f"it connects to {connection.dialect.name}, not to PostgreSQL")
        if self.key is None:
            raise Refused("no database was meant")
        from sqlalchemy import text

        inside = connection.in_transaction()
        self.judge(tuple(connection.execute(text(self.question())).fetchone()))
        if not inside and connection.in_transaction() and hasattr(connection, "rollback"):
            connection.rollback()

    def check_raw(self, connection):
        """The same as soon as it is opened, and what it begins with. What is no PostgreSQL is judged when it is used."""
        if self.key is None:
            raise Refused("no database was meant")
        cursor = connection.cursor()
        try:
            cursor.execute(self.question())
            row = cursor.fetchone()
        except Exception:
            row = None
        finally:
            cursor.close()
        connection.rollback()
        if row is None:
            return
        self.judge(tuple(row))
        cursor = connection.cursor()
        for setting in self.settings:
            cursor.execute(setting)
        cursor.close()
        connection.commit()

    def run(self, steps, revision=None, **options):
        from alembic.runtime.environment import EnvironmentContext

        with EnvironmentContext(self.config, self.script, fn=steps, destination_rev=revision, **options):
            self.script.run_env()

    def history(self, request):
        """Every revision, with those that it comes after: `down_revision` and `depends_on`, resolved."""
        found = self.script.walk_revisions()
        return {"revisions": [{"revision": one.revision, "parents": list(one._all_down_revisions)} for one in found]}

    def step(self, request):
        """One revision, up or down, whatever the branches beside it are at."""
        from alembic.runtime.migration import MigrationStep

        revision = self.script.get_revision(request["revision"])
        make = MigrationStep.upgrade_from_script if request["up"] else MigrationStep.downgrade_from_script
        ran = []

        def steps(current, context):
            ran.append(True)
            return [make(self.script.revision_map, revision)]

        self.seen = []
        try:
            self.run(steps, request["revision"])
            if not ran:
                raise Refused("env.py ran no migrations: does it call context.run_migrations()?")
            return {"statements": self.seen}
        finally:
            self.seen = None

    def stamp(self, request):
        from alembic import command

        command.stamp(self.config, request["revisions"], purge=request["purge"])
        return {}

    def make(self, request):
        """A new file after the head, by the project's own template."""
        from alembic import command

        return {"file": command.revision(self.config, message=request["message"]).path}

    def connect(self, request):
        """Has env.py connect, and run nothing."""
        self.run(lambda current, context: [], dont_mutate=True)
        return {}


def is_below(folder, file):
    """Whether a frame is of a file there; frames of generated code have names such as `<string>`."""
    return os.path.isfile(file) and os.path.realpath(file).startswith(os.path.realpath(folder) + os.sep)


def told(error, folder):
    """An exception as data: what the server says, and where in the project's files it came from."""
    original = getattr(error, "orig", None)
    known = original if original is not None else error
    diagnostics = getattr(known, "diag", None)
    message = getattr(diagnostics, "message_primary", None) or str(known) or type(known).__name__
    message = re.sub(r"^<class '[^']*'>: ", "", message.strip())
    from_server = getattr(known, "sqlstate", None) or getattr(known, "pgcode", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if is_below(folder, frame.filename)]
    versions = [frame for frame in own if not frame.filename.endswith("env.py")]
    frame = (versions or own or [None])[-1]
    if isinstance(error, SyntaxError) and error.filename:
        frame = traceback.FrameSummary(error.filename, error.lineno, "")
    return {
        "kind": "refused" if isinstance(error, Refused) else type(known).__name__,
        "message": message.split("\n\n")[0],
        "sqlstate": from_server,
        "statement": getattr(error, "statement", None),
        "file": frame and frame.filename,
        "line": frame and frame.lineno,
    }


def main():
    driver, folder = None, os.devnull
    for line in requests:
        request = json.loads(line)
        try:
            if request["do"] == "open":
                folder = request["folder"]
                driver = Driver(request)
                answer = {}
            elif request["do"] == "quit":
                break
            else:
                answer = getattr(driver, request["do"])(request)
            answer = {"ok": answer}
        except (Exception, SystemExit) as error:
            answer = {"error": told(error, folder)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


main()
