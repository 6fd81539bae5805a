"""Keep what lines of earnings come to, and find the lines of a page and of a claim by an index."""

import sqlalchemy as sa
from alembic import op

revision = "sum_up_earnings"
down_revision = "keep_former_affiliations"
branch_labels = None
depends_on = None

GROUPS = ("organization_id", "month", "engagement", "product", "payment_status", "currency")


def upgrade() -> None:
    op.create_table(
        "earning_sums",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in GROUPS[1:]),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_earning_sums_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint(*GROUPS, name=op.f("pk_earning_sums")),
    )
    lines = sa.table(
        "earning_lines", sa.column("live", sa.Boolean()), *(sa.column(name) for name in (*GROUPS, "amount"))
    )
    sums = sa.table("earning_sums", *(sa.column(name) for name in (*GROUPS, "amount", "lines")))
    groups = [lines.c[name] for name in GROUPS]
    op.execute(
        sums.insert().from_select(
            [*GROUPS, "amount", "lines"],
            sa.select(*groups, sa.func.sum(lines.c.amount), sa.func.count())
            .where(lines.c.live)
            .group_by(*groups),
        )
    )
    with op.batch_alter_table("earning_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_earning_lines_totals")
        batch_op.drop_index(batch_op.f("ix_earning_lines_claim_id"))
        batch_op.create_index("ix_earning_lines_claim_id_live", ["claim_id", "live"], unique=False)
        batch_op.create_index(
            "ix_earning_lines_page",
            ["organization_id", "month", "id"],
            unique=False,
            sqlite_where=sa.text("live = 1"),
            postgresql_where=sa.text("live"),
        )


def _sum_up() -> None:
    columns = [sa.column(name) for name in (*GROUPS, "amount")]
    lines = sa.table("earning_lines", sa.column("live", sa.Boolean()), *columns)
    sums = sa.table("earning_sums", *(sa.column(name) for name in (*GROUPS, "amount", "lines")))
    groups = [lines.c[name] for name in GROUPS]
    found = sa.select(*groups, sa.func.sum(lines.c.amount), sa.func.count()).where(lines.c.live)
    op.execute(sums.insert().from_select([*GROUPS, "amount", "lines"], found.group_by(*groups)))


def downgrade() -> None:
    with op.batch_alter_table("earning_lines", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_earning_lines_page", sqlite_where=sa.text("live = 1"), postgresql_where=sa.text("live")
        )
        batch_op.drop_index("ix_earning_lines_claim_id_live")
        batch_op.create_index(batch_op.f("ix_earning_lines_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(
            "ix_earning_lines_totals",
            [
                "organization_id",
                "live",
                "month",
                "engagement",
                "product",
                "payment_status",
                "currency",
                "amount",
            ],
            unique=False,
        )

    op.drop_table("earning_sums")
