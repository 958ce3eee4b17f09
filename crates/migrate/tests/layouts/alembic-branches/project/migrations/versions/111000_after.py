"""111000

Revision ID: 111000
"""
from alembic import op

revision: str = "111000"
down_revision = "000fff"
depends_on = "left"

def upgrade() -> None:
    op.execute("SELECT 1")


def downgrade() -> None:
    op.drop_table("d")
