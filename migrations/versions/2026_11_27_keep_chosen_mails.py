"""Keep how each person wants their mails, and which messages a daily digest tells; nobody chose before."""

import sqlalchemy as sa
from alembic import op

revision = "keep_chosen_mails"
down_revision = "mark_notices_as_read"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mail_ways", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("digested_on", sa.String(), nullable=False, server_default=""))
    # The default was for the rows that were there; from here on the portal says it, as for every column.
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.alter_column(
            "mail_ways", existing_type=sa.JSON(), existing_nullable=False, server_default=None
        )
        batch_op.alter_column(
            "digested_on", existing_type=sa.String(), existing_nullable=False, server_default=None
        )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("digest_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_outbox_digest_id"), ["digest_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_outbox_digest_id"), "outbox", ["digest_id"], ["id"])


def downgrade() -> None:
    # The portal of before knows no digest: what was not sent in one is sent by itself, so that none is lost.
    op.execute(
        "UPDATE outbox SET state = 'waiting', error = NULL WHERE state = 'gathered' AND (digest_id IS NULL "
        "OR digest_id IN "
        "(SELECT id FROM outbox WHERE audience = 'digest' AND state IN ('waiting', 'failed')))"
    )
    op.execute("UPDATE outbox SET state = 'overtaken' WHERE state IN ('gathered', 'unwanted')")
    op.execute(
        "UPDATE outbox SET state = 'overtaken' WHERE audience = 'digest' AND state IN ('waiting', 'failed')"
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_outbox_digest_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_outbox_digest_id"))
        batch_op.drop_column("digest_id")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("digested_on")
        batch_op.drop_column("mail_ways")
