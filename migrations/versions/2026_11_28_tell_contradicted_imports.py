"""Keep of each import that is ready how many of its rows cannot count beside others, for the list to tell."""

import sqlalchemy as sa
from alembic import op

revision = "tell_contradicted_imports"
down_revision = "sum_up_earnings_by_claim"
branch_labels = None
depends_on = None

TABLES = {"subscriptions": "subscription_readings", "earnings": "earning_lines"}


def upgrade() -> None:
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("against", sa.Integer(), nullable=False, server_default="0"))
    imports = sa.table("imports", *(sa.column(name) for name in ("id", "kind", "state", "fresh", "against")))
    brought = sa.table("imported_rows", sa.column("import_id"), sa.column("row_id"))
    for kind, name in TABLES.items():
        table = sa.table(name, sa.column("id"), sa.column("key"), sa.column("live", sa.Boolean()))
        mine, theirs = table.alias("mine"), table.alias("theirs")
        otherwise = sa.and_(theirs.c.key == mine.c.key, theirs.c.live, theirs.c.id != mine.c.id)
        against = (
            sa.select(sa.func.count())
            .select_from(brought.join(mine, mine.c.id == brought.c.row_id).join(theirs, otherwise))
            .where(brought.c.import_id == imports.c.id)
            .correlate(imports)
            .scalar_subquery()
        )
        ready = imports.c.kind == kind, imports.c.state == "ready"
        op.execute(imports.update().where(*ready).values(against=against))
    op.execute(imports.update().values(fresh=imports.c.fresh - imports.c.against))  # these are not new
    # The default was for the imports that were there; from here on the portal says it, as for every column.
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.alter_column(
            "against", existing_type=sa.Integer(), existing_nullable=False, server_default=None
        )


def downgrade() -> None:
    imports = sa.table("imports", sa.column("fresh"), sa.column("against"))
    op.execute(imports.update().values(fresh=imports.c.fresh + imports.c.against))
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_column("against")
