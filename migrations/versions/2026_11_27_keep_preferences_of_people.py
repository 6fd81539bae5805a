"""Keep how pages look to each person; nobody chose anything before, so it follows program and device."""

import sqlalchemy as sa
from alembic import op

revision = "keep_preferences_of_people"
down_revision = "keep_withdrawn_invitations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("time_zone", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("color_scheme", sa.String(), nullable=False, server_default=""))
    # The default was for the rows that were there; from here on the portal says it, as for every column.
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.alter_column(
            "time_zone", existing_type=sa.String(), existing_nullable=False, server_default=None
        )
        batch_op.alter_column(
            "color_scheme", existing_type=sa.String(), existing_nullable=False, server_default=None
        )


def downgrade() -> None:
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("color_scheme")
        batch_op.drop_column("time_zone")
