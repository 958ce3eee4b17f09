"""Notes on customers

Revision ID: 4ab83f60e2d7
Revises: "2c7b1e8d40fa"
"""

import sqlalchemy as sa
from alembic import op

revision = "4ab83f60e2d7"
down_revision = "2c7b1e8d40fa"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("customers", sa.Column("note", sa.Text))


def downgrade():
    op.drop_column("customers", "note")
