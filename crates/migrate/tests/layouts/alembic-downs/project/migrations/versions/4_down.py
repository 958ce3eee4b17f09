"""4

Revision ID: 4
"""
from alembic import op

revision: str = "4"
down_revision = "3"


def upgrade() -> None:
    op.execute("SELECT 1")


def downgrade() -> None:
    """Back."""
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY i")
