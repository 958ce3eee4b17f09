"""Where the database is."""

import os


def url() -> str:
    """DATABASE_URL, with the driver that requirements.txt installs."""
    given = os.environ["DATABASE_URL"]
    return given.replace("postgresql://", "postgresql+psycopg://", 1)
