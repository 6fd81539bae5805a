"""Keep how far each person has read; what happened before this has been read by everybody."""

import sqlalchemy as sa
from alembic import op

revision = "mark_notices_as_read"
down_revision = "let_comments_answer_comments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notices_read_to", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("notices_not_there", sa.JSON(), nullable=False, server_default="[]"))
    op.execute("UPDATE people SET notices_read_to = (SELECT coalesce(max(id), 0) FROM audit_events)")
    # The default was for the rows that were there; from here on the portal says it, as for every column.
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.alter_column(
            "notices_read_to", existing_type=sa.Integer(), existing_nullable=False, server_default=None
        )
        batch_op.alter_column(
            "notices_not_there", existing_type=sa.JSON(), existing_nullable=False, server_default=None
        )


def downgrade() -> None:
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("notices_not_there")
        batch_op.drop_column("notices_read_to")
