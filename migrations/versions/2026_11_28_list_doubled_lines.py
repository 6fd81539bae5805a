"""List lines of earnings that count beside another one of their ID, for one that is left to be known."""

import sqlalchemy as sa
from alembic import op

revision = "list_doubled_lines"
down_revision = "link_imports_in_mistakes"
branch_labels = None
depends_on = None

ROWS_AT_ONCE = 500


def upgrade() -> None:
    doubled = op.create_table(
        "doubled_lines",
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["row_id"],
            ["earning_lines.id"],
            name=op.f("fk_doubled_lines_row_id_earning_lines"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_doubled_lines")),
    )
    lines = sa.table("earning_lines", *(sa.column(name) for name in ("id", "key", "line_id")))
    # Also one that was undone meanwhile: a file that brought it before may still be used.
    typed = sa.select(lines.c.id, lines.c.key).where(lines.c.key == lines.c.line_id)
    # All others have a key without capitals, which no database makes as the portal does.
    found = [one for one, key in op.get_bind().execute(typed) if key != key.casefold()]
    for start in range(0, len(found), ROWS_AT_ONCE):
        op.bulk_insert(doubled, [{"row_id": one} for one in found[start : start + ROWS_AT_ONCE]])


def downgrade() -> None:
    op.drop_table("doubled_lines")
