"""Runs the migrations. It builds the address from POSTGRES_*, as many teams' do, while the backend reads DATABASE_URL: that both
lead to one database is for `groundline doctor` to prove."""

import os

from alembic import context
from sqlalchemy import URL, create_engine, pool

from models import Base


def address() -> URL:
    return URL.create(
        "postgresql+psycopg",
        username=os.environ["POSTGRES_USER"],
        password=os.environ.get("POSTGRES_PASSWORD"),
        host=os.environ.get("POSTGRES_HOST", "localhost"),
        port=int(os.environ.get("POSTGRES_PORT", "5432")),
        database=os.environ["POSTGRES_DB"],
    )


if context.is_offline_mode():
    context.configure(url=address(), target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = create_engine(address(), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
