"""Let a request for information name products that are to be removed; earlier ones named none."""

import sqlalchemy as sa
from alembic import op

revision = "name_products_to_remove"
down_revision = "remind_of_deadlines"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("information_requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("products", sa.JSON(), nullable=False, server_default="[]"))
    # From here on each row says which; the default was for the rows that were there.
    with op.batch_alter_table("information_requests", schema=None) as batch_op:
        batch_op.alter_column(
            "products", existing_type=sa.JSON(), existing_nullable=False, server_default=None
        )


def downgrade() -> None:
    with op.batch_alter_table("information_requests", schema=None) as batch_op:
        batch_op.drop_column("products")
