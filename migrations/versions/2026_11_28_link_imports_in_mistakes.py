"""Keep with each mistake of an imported file which imports its sentence names, each as "import 8"."""

import re

import sqlalchemy as sa
from alembic import op

revision = "link_imports_in_mistakes"
down_revision = "tell_contradicted_imports"
branch_labels = None
depends_on = None

ROWS_AT_ONCE = 500
# As the sentences begin: "What counts by import 8, 9 says something else", and since "import 8, import 9".
_BEGINNING = re.compile(r"What counts by import ([0-9, import]+) says ")

mistakes = sa.table(
    "import_mistakes",
    sa.column("id", sa.Integer()),
    sa.column("reason", sa.String()),
    sa.column("imports", sa.JSON()),
)


def upgrade() -> None:
    with op.batch_alter_table("import_mistakes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("imports", sa.JSON(), nullable=False, server_default="[]"))
    _rewrite("import ")
    # The default was for the rows that were there; from here on the portal says it, as for every column.
    with op.batch_alter_table("import_mistakes", schema=None) as batch_op:
        batch_op.alter_column(
            "imports", existing_type=sa.JSON(), existing_nullable=False, server_default=None
        )


def downgrade() -> None:
    _rewrite("")
    with op.batch_alter_table("import_mistakes", schema=None) as batch_op:
        batch_op.drop_column("imports")


def _rewrite(before_others: str) -> None:
    """Name every import but the first with these words before its number, and keep the numbers."""
    query = sa.select(mistakes.c.id, mistakes.c.reason).where(
        mistakes.c.reason.like("What counts by import %")
    )
    changed = (
        mistakes.update()
        .where(mistakes.c.id == sa.bindparam("of"))
        .values(reason=sa.bindparam("says"), imports=sa.bindparam("names", type_=sa.JSON()))
    )
    rows = []
    for one, reason in op.get_bind().execute(query):
        if found := _BEGINNING.match(reason):
            numbers = re.findall("[0-9]+", found[1])
            told = f", {before_others}".join(numbers)
            says = f"What counts by import {told} says {reason[found.end() :]}"
            rows.append({"of": one, "says": says, "names": [int(number) for number in numbers]})
    for start in range(0, len(rows), ROWS_AT_ONCE):
        op.get_bind().execute(changed, rows[start : start + ROWS_AT_ONCE])
