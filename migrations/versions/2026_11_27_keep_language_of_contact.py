"""Keep in which language the customer contact of a claim is written to."""

import sqlalchemy as sa
from alembic import op

revision = "keep_language_of_contact"
down_revision = "keep_saved_views"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("claims", schema=None) as batch_op:
        # Nobody was asked before, so nobody's language is known.
        batch_op.add_column(
            sa.Column("customer_contact_language", sa.String(), nullable=False, server_default="")
        )


def downgrade() -> None:
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.drop_column("customer_contact_language")
