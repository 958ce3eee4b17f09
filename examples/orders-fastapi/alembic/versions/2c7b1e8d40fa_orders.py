"""Orders

Revision ID: 2c7b1e8d40fa
Revises: "1f0a6c2b9d41"
"""

import sqlalchemy as sa
from alembic import op

revision = "2c7b1e8d40fa"
down_revision = "1f0a6c2b9d41"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("customer_id", sa.Integer, sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("product_id", sa.Integer, sa.ForeignKey("products.id"), nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("placed_at", sa.DateTime, nullable=False, server_default=sa.func.now()),
    )


def downgrade():
    op.drop_table("orders")
