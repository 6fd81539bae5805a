"""Find lines of earnings by how their IDs begin, without reading all lines of the organization."""

import sqlalchemy as sa
from alembic import op

revision = "find_earnings_by_beginnings"
down_revision = "let_failed_imports_wait"
branch_labels = None
depends_on = None

ROWS_AT_ONCE = 500
FOLDED = {"line_folded": "line_id", "payment_folded": "payment_id"}
LIVE = {"sqlite_where": sa.text("live = 1"), "postgresql_where": sa.text("live")}

lines = sa.table(
    "earning_lines",
    sa.column("id", sa.Integer()),
    *(sa.column(name) for pair in FOLDED.items() for name in pair),
)


def upgrade() -> None:
    in_order = sa.String(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.String()
    with op.batch_alter_table("earning_lines", schema=None) as batch_op:
        for name in FOLDED:
            batch_op.add_column(sa.Column(name, in_order, nullable=False, server_default=""))
    _fold()
    with op.batch_alter_table("earning_lines", schema=None) as batch_op:
        for name in FOLDED:
            batch_op.alter_column(name, existing_type=in_order, existing_nullable=False, server_default=None)
        if op.get_bind().dialect.name == "postgresql":
            batch_op.alter_column(
                "subscription_id", existing_type=sa.String(), existing_nullable=False, type_=in_order
            )
        batch_op.drop_index("ix_earning_lines_claim_id_live")
        batch_op.create_index("ix_earning_lines_claim", ["claim_id", "live", "month", "id"])
        for name in ("subscription_id", *FOLDED):
            columns = ["organization_id", name, "month", "id"]
            batch_op.create_index(f"ix_earning_lines_{name}", columns, unique=False, **LIVE)


def downgrade() -> None:
    with op.batch_alter_table("earning_lines", schema=None) as batch_op:
        for name in ("subscription_id", *FOLDED):
            batch_op.drop_index(f"ix_earning_lines_{name}", **LIVE)
        batch_op.drop_index("ix_earning_lines_claim")
        batch_op.create_index("ix_earning_lines_claim_id_live", ["claim_id", "live"])
        if op.get_bind().dialect.name == "postgresql":
            batch_op.alter_column(
                "subscription_id",
                existing_type=sa.String(collation="C"),
                existing_nullable=False,
                type_=sa.String(collation="default"),
            )
        for name in FOLDED:
            batch_op.drop_column(name)


def _fold() -> None:
    """Write the texts without capitals as the portal does: databases fold other letters than it, or none."""
    last = 0
    query = (
        sa.select(lines.c.id, lines.c.line_id, lines.c.payment_id).order_by(lines.c.id).limit(ROWS_AT_ONCE)
    )
    change = (
        lines.update()
        .where(lines.c.id == sa.bindparam("of"))
        .values({name: sa.bindparam(f"new_{name}") for name in FOLDED})
    )
    while rows := op.get_bind().execute(query.where(lines.c.id > last)).all():
        folded = [
            {"of": one, "new_line_folded": line.casefold(), "new_payment_folded": payment.casefold()}
            for one, line, payment in rows
        ]
        op.get_bind().execute(change, folded)
        last = rows[-1].id
