"""Keep with each form whether its page was left; one that is there already is told as of an ended session."""

import sqlalchemy as sa
from alembic import op

revision = "tell_left_forms_apart"
down_revision = "keep_chosen_mails"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("kept_forms", schema=None) as batch_op:
        batch_op.add_column(sa.Column("page_left", sa.Boolean(), nullable=False, server_default=sa.false()))
    # The default was for the rows that were there; from here on the portal says it, as for every column.
    with op.batch_alter_table("kept_forms", schema=None) as batch_op:
        batch_op.alter_column(
            "page_left", existing_type=sa.Boolean(), existing_nullable=False, server_default=None
        )


def downgrade() -> None:
    with op.batch_alter_table("kept_forms", schema=None) as batch_op:
        batch_op.drop_column("page_left")
