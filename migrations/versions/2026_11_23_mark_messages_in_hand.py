"""Tell a message in a worker's hands from one that waits, and find messages by when they were left."""

import sqlalchemy as sa
from alembic import op

revision = "mark_messages_in_hand"
down_revision = "calendars_of_locations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_outbox_created_at_id", ["created_at", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_created_at_id")
        batch_op.drop_column("taken_until")
