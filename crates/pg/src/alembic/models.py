"""Prints the statements with which SQLAlchemy makes a project's models, for Groundline. Nothing connects anywhere."""

import importlib
import os
import sys

answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
sys.stdout = sys.stderr
# The project's modules, as when its own programs start in its folder.
sys.path.insert(0, os.getcwd())

from sqlalchemy import MetaData, create_mock_engine  # noqa: E402
from sqlalchemy.dialects.postgresql.base import PGDialect  # noqa: E402

module, _, name = sys.argv[1].partition(":")
found = importlib.import_module(module)
for part in (name or "Base").split("."):
    found = getattr(found, part)
metadata = getattr(found, "metadata", found)
if not isinstance(metadata, MetaData):
    sys.exit(f"{sys.argv[1]} is no MetaData, and has none")
# A driver's way of writing parameters would have each `%` twice.
dialect = PGDialect(paramstyle="named")


def emit(statement, *arguments, **options):
    answers.write(str(statement.compile(dialect=dialect)).strip() + ";\n")


metadata.create_all(create_mock_engine("postgresql://", emit), checkfirst=False)
answers.flush()
