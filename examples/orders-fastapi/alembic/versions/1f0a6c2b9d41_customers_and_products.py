"""Customers and products

Revision ID: 1f0a6c2b9d41
Revises: None
"""

import sqlalchemy as sa
from alembic import op

revision = "1f0a6c2b9d41"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.Text, nullable=False, unique=True),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("price", sa.Numeric(12, 2), nullable=False),
    )


def downgrade():
    op.drop_table("products")
    op.drop_table("customers")
