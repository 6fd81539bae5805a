"""Keep what the background work could not do with an import, how often it tried, and when it tries again."""

import sqlalchemy as sa
from alembic import op

revision = "let_failed_imports_wait"
down_revision = "list_doubled_lines"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("error", sa.String(), nullable=True))
    # The default was for the imports that were there; from here on the portal says it, as for every column.
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.alter_column(
            "attempts", existing_type=sa.Integer(), existing_nullable=False, server_default=None
        )


def downgrade() -> None:
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_column("error")
        batch_op.drop_column("next_attempt_at")
        batch_op.drop_column("attempts")
