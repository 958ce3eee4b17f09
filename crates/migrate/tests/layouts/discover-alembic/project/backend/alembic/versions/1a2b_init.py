"""1a2b

Revision ID: 1a2b
"""
from alembic import op

revision: str = "1a2b"
down_revision = None


def upgrade() -> None:
    op.execute("SELECT 1")


def downgrade() -> None:
    op.drop_table("a")
