"""Let a location have a holiday calendar of its own; none means the program's, as before."""

import sqlalchemy as sa
from alembic import op

revision = "calendars_of_locations"
down_revision = "mail_links_for_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("locations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("calendar", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("locations", schema=None) as batch_op:
        batch_op.drop_column("calendar")
