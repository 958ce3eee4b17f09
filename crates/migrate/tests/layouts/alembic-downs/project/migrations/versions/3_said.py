"""3

Revision ID: 3
"""
from alembic import op

revision: str = "3"
down_revision = "2"
# groundline: irreversible because mails were sent

def upgrade() -> None:
    op.execute("SELECT 1")


def downgrade() -> None:
    op.execute("SELECT 1")
