"""Plan the reminders of each deadline, and keep which were sent."""

import sqlalchemy as sa
from alembic import op

revision = "remind_of_deadlines"
down_revision = "mark_messages_in_hand"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clock_reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["clock_id"], ["claim_clocks.id"], name=op.f("fk_clock_reminders_clock_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_reminders")),
        sa.UniqueConstraint(
            "clock_id", "due_on", "days", name=op.f("uq_clock_reminders_clock_id_due_on_days")
        ),
    )
    with op.batch_alter_table("clock_reminders", schema=None) as batch_op:
        batch_op.create_index(
            "ix_clock_reminders_planned",
            ["remind_at"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("clock_reminders", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_clock_reminders_planned",
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        )

    op.drop_table("clock_reminders")
