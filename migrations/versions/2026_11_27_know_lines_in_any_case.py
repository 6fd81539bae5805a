"""Know a line of earnings again with capitals or without, and keep its ID as it was typed.

So far lines whose IDs differ by capitals alone could count beside each other. Which of them is meant, or
whether they are two after all, nobody but their sender knows, so what counts goes on counting: one of them
is known by its ID without capitals, the others stay as they are until their imports are undone. Rows that do
not count and say the same become one.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "know_lines_in_any_case"
down_revision = "judge_decisions_twice"
branch_labels = None
depends_on = None

ROWS_AT_ONCE = 500
KIND = "earnings"

lines = sa.table(
    "earning_lines",
    sa.column("id", sa.Integer()),
    sa.column("line_id", sa.String()),
    sa.column("key", sa.String()),
    sa.column("digest", sa.String()),
    sa.column("said", sa.JSON()),
    sa.column("live", sa.Boolean()),
)
imports = sa.table("imports", sa.column("id", sa.Integer()), sa.column("kind", sa.String()))
brought = sa.table("imported_rows", sa.column("import_id", sa.Integer()), sa.column("row_id", sa.Integer()))


class Line(NamedTuple):
    id: int
    typed: str
    digest: str
    live: bool

    @property
    def key(self) -> str:
        return self.typed.casefold()


def upgrade() -> None:
    with op.batch_alter_table("earning_lines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("line_id", sa.String(), nullable=False, server_default=""))
    op.execute(lines.update().values(line_id=lines.c.key))
    changing: list[Line] = []
    for found in _alike():
        counting = sorted((one for one in found if one.live), key=_is_another)
        beside = counting[1:]  # count beside another one, and stay as they are
        kept = [one for one in found if one not in beside]
        same = _doubles(kept) if len(kept) > 1 else {}
        changing += [one for one in kept if one.typed != one.key and one.id not in same]
        for one, other in same.items():
            _bring_instead(one, other)
    _change({one.id: one.key for one in changing}, fold=True)
    # The default was for the rows that were there; from here on the portal says it, as for every column.
    with op.batch_alter_table("earning_lines", schema=None) as batch_op:
        batch_op.alter_column(
            "line_id", existing_type=sa.String(), existing_nullable=False, server_default=None
        )


def downgrade() -> None:
    query = sa.select(lines.c.id, lines.c.key, lines.c.line_id).where(lines.c.key != lines.c.line_id)
    taken = set(op.get_bind().scalars(sa.select(lines.c.key).where(lines.c.key == lines.c.line_id)))
    typed = {one: line_id for one, _, line_id in op.get_bind().execute(query) if line_id not in taken}
    _change(typed, fold=False)
    with op.batch_alter_table("earning_lines", schema=None) as batch_op:
        batch_op.drop_column("line_id")


def _alike() -> Iterator[list[Line]]:
    """Yield the lines of each ID, however typed, where capitals are in any of them."""
    query = sa.select(lines.c.id, lines.c.key, lines.c.digest, lines.c.live)
    found = sorted((Line(*row) for row in op.get_bind().execute(query)), key=lambda one: (one.key, one.id))
    for key, group in groupby(found, lambda one: one.key):
        alike = list(group)
        if any(one.typed != key for one in alike):
            yield alike


def _is_another(line: Line) -> tuple[bool, int]:
    """Order lines of one ID: the one that is typed as its key first, then the earliest."""
    return line.typed != line.key, line.id


def _doubles(alike: Sequence[Line]) -> dict[int, int]:
    """Return each line that says the same as another one of them, with that one."""
    digests = _digests([one.id for one in alike if one.typed != one.key], fold=True)
    said: dict[str, Line] = {}
    same: dict[int, int] = {}
    for one in sorted(alike, key=lambda one: (not one.live, *_is_another(one))):
        digest = digests.get(one.id, one.digest)
        if digest in said:
            same[one.id] = said[digest].id
        else:
            said[digest] = one
    return same


def _bring_instead(row_id: int, other: int) -> None:
    """Let the imports that brought a row have brought another one, and delete it."""
    connection = op.get_bind()
    mine = brought.c.import_id.in_(sa.select(imports.c.id).where(imports.c.kind == KIND))
    have = set(connection.scalars(sa.select(brought.c.import_id).where(mine, brought.c.row_id == other)))
    for import_id in connection.scalars(
        sa.select(brought.c.import_id).where(mine, brought.c.row_id == row_id)
    ).all():
        this = sa.and_(brought.c.import_id == import_id, brought.c.row_id == row_id)
        if import_id in have:
            connection.execute(brought.delete().where(this))
        else:
            connection.execute(brought.update().where(this).values(row_id=other))
    connection.execute(lines.delete().where(lines.c.id == row_id))


def _change(keys: Mapping[int, str], *, fold: bool) -> None:
    changed = (
        lines.update()
        .where(lines.c.id == sa.bindparam("of"))
        .values(key=sa.bindparam("now"), digest=sa.bindparam("says"))
    )
    ids = list(keys)
    for start in range(0, len(ids), ROWS_AT_ONCE):
        part = ids[start : start + ROWS_AT_ONCE]
        digests = _digests(part, fold=fold)
        op.get_bind().execute(changed, [{"of": one, "now": keys[one], "says": digests[one]} for one in part])


def _digests(ids: Sequence[int], *, fold: bool) -> dict[int, str]:
    """Return the digest of each row, as the portal makes it with IDs in any case, or made it before."""
    query = sa.select(lines.c.id, lines.c.said).where(lines.c.id.in_(ids))
    return {one: _digest(said, fold=fold) for one, said in op.get_bind().execute(query)} if ids else {}


def _digest(said: Mapping[str, Any], *, fold: bool) -> str:
    same = {"line_id": said["line_id"].casefold()} if fold and "line_id" in said else {}
    return hashlib.sha256(
        json.dumps({**said, **same} if same else said, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()
