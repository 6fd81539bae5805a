"""Keep the row of an invitation that was withdrawn, so that its number never means somebody else."""

import sqlalchemy as sa
from alembic import op

revision = "keep_withdrawn_invitations"
down_revision = "name_products_to_remove"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("withdrawn_at")
