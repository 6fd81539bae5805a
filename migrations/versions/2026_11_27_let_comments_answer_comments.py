"""Let a comment name the one that it answers; what was written before answers none."""

import sqlalchemy as sa
from alembic import op

revision = "let_comments_answer_comments"
down_revision = "keep_forms_of_ended_sessions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("claim_comments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answers_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_claim_comments_answers_id"),
            "claim_comments",
            ["answers_id"],
            ["id"],
            ondelete="CASCADE",
        )


def downgrade() -> None:
    with op.batch_alter_table("claim_comments", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_claim_comments_answers_id"), type_="foreignkey")
        batch_op.drop_column("answers_id")
