"""Stock of products

Revision ID: 3d9e5a17c6b2
Revises: "2c7b1e8d40fa"
"""

import sqlalchemy as sa
from alembic import op

revision = "3d9e5a17c6b2"
down_revision = "2c7b1e8d40fa"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("products", sa.Column("stock", sa.Integer, nullable=False, server_default="0"))


def downgrade():
    op.drop_column("products", "stock")
