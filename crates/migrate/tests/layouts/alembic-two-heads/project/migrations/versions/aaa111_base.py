"""aaa111

Revision ID: aaa111
"""
from alembic import op

revision: str = "aaa111"
down_revision = None


def upgrade() -> None:
    op.execute("SELECT 1")


def downgrade() -> None:
    pass
