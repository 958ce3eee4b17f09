"""1

Revision ID: 1
"""
from alembic import op

revision: str = "1"
down_revision = None


def upgrade() -> None:
    op.execute("SELECT 1")


def downgrade() -> None:
    pass
