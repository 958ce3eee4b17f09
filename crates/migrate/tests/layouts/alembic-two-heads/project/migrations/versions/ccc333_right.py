"""ccc333

Revision ID: ccc333
"""
from alembic import op

revision: str = "ccc333"
down_revision = "aaa111"


def upgrade() -> None:
    op.execute("SELECT 1")


def downgrade() -> None:
    pass
