"""Orders by customer

Revision ID: 6cf27a03d8b5
Revises: "5be14d92a7c3"
"""

import sqlalchemy as sa
from alembic import op

revision = "6cf27a03d8b5"
down_revision = "5be14d92a7c3"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_customer_id", "orders", ["customer_id"], postgresql_concurrently=True)


def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("ix_orders_customer_id", "orders", postgresql_concurrently=True)
