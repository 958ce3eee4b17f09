"""000fff

Revision ID: 000fff
"""
from alembic import op

revision: str = "000fff"
down_revision = ("ccc333", "bbb222")


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
