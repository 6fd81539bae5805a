"""Keep the lot of each decision, the claim as it stood, and the second opinion; nothing was drawn before."""

import sqlalchemy as sa
from alembic import op

revision = "judge_decisions_twice"
down_revision = "sum_up_earnings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("lot", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("from_status", sa.String(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("opinion", sa.String(), nullable=False),
        sa.Column("opinion_reasons", sa.JSON(), nullable=False),
        sa.Column("opinion_text", sa.String(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_second_reviews_claim_id_claims")),
        sa.ForeignKeyConstraint(["first_id"], ["people.id"], name=op.f("fk_second_reviews_first_id_people")),
        sa.ForeignKeyConstraint(
            ["second_id"], ["people.id"], name=op.f("fk_second_reviews_second_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_reviews")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_second_reviews_decision_id")),
    )
    with op.batch_alter_table("second_reviews", schema=None) as batch_op:
        batch_op.create_index("ix_second_reviews_claim_id", ["claim_id"])
        batch_op.create_index("ix_second_reviews_second_id", ["second_id"])
        batch_op.create_index(
            "ix_second_reviews_open",
            ["claim_id"],
            sqlite_where=sa.text("drawn = 1 AND judged_at IS NULL"),
            postgresql_where=sa.text("drawn AND judged_at IS NULL"),
        )
    op.create_table(
        "second_review_bars",
        sa.Column("second_review_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_second_review_bars_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["second_review_id"],
            ["second_reviews.id"],
            name=op.f("fk_second_review_bars_second_review_id_second_reviews"),
        ),
        sa.PrimaryKeyConstraint("second_review_id", "person_id", name=op.f("pk_second_review_bars")),
    )


def downgrade() -> None:
    op.drop_table("second_review_bars")
    op.drop_table("second_reviews")
