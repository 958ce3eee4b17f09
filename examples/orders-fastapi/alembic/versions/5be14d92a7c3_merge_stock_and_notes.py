"""Merge stock and notes

Revision ID: 5be14d92a7c3
Revises: "3d9e5a17c6b2", "4ab83f60e2d7"
"""

import sqlalchemy as sa
from alembic import op

revision = "5be14d92a7c3"
down_revision = ("3d9e5a17c6b2", "4ab83f60e2d7")
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
