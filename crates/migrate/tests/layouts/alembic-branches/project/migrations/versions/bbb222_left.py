"""bbb222

Revision ID: bbb222
"""
from alembic import op

revision: str = "bbb222"
down_revision = "aaa111"
branch_labels = ("left",)

def upgrade() -> None:
    op.execute("SELECT 1")


def downgrade() -> None:
    op.drop_table("b")
