"""2

Revision ID: 2
"""
from alembic import op

revision: str = "2"
down_revision = "1"


def upgrade() -> None:
    op.execute("SELECT 1")


def downgrade() -> None:
    pass
