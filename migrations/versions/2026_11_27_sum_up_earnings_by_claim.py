"""Keep what the lines of earnings of each claim come to, for people who see the claims of some locations."""

import sqlalchemy as sa
from alembic import op

revision = "sum_up_earnings_by_claim"
down_revision = "know_lines_in_any_case"
branch_labels = None
depends_on = None

GROUPS = ("organization_id", "claim_id", "month", "engagement", "product", "payment_status", "currency")


def upgrade() -> None:
    op.create_table(
        "earning_claim_sums",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in GROUPS[:2]),
        *(sa.Column(name, sa.String(), nullable=False) for name in GROUPS[2:]),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_earning_claim_sums_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_earning_claim_sums_claim_id_claims")
        ),
        sa.PrimaryKeyConstraint(*GROUPS, name=op.f("pk_earning_claim_sums")),
    )
    columns = [sa.column(name) for name in (*GROUPS, "amount")]
    lines = sa.table("earning_lines", sa.column("live", sa.Boolean()), *columns)
    sums = sa.table("earning_claim_sums", *(sa.column(name) for name in (*GROUPS, "amount", "lines")))
    groups = [lines.c[name] for name in GROUPS]
    found = sa.select(*groups, sa.func.sum(lines.c.amount), sa.func.count()).where(lines.c.live)
    op.execute(sums.insert().from_select([*GROUPS, "amount", "lines"], found.group_by(*groups)))


def downgrade() -> None:
    op.drop_table("earning_claim_sums")
