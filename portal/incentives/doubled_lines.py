"""Lines that came to count twice, with capitals and without, before their IDs were the same: known again."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from portal.imports.kinds import Entry
from portal.imports.model import Import, ImportedRow
from portal.incentives.model import DoubledLine, EarningLine

KIND = "earnings"
ANY_CASE = frozenset({"line_id"})
# A whole file may have come to count twice; so many lines are looked up and changed with a few statements.
LINES_AT_ONCE = 500


class _Line(NamedTuple):
    id: int
    key: str  # that its ID has by now
    live: bool


def know_again(session: Session) -> None:
    """Let a line that is known by its ID as it was typed have its key, unless it counts beside another one.

    Two lines of one ID that counted already when IDs became the same in any case went on counting, one of
    them under a key that no file finds. Where the other one does not count any more, the one that is left is
    the line of that ID, and a file that brings the ID must not count beside it. Nor must the one that was
    undone come to count once more by a file that had brought it before. Within a transaction that has locked
    all imports of lines.
    """
    line = EarningLine
    query = select(line.id, line.line_id, line.live).join(DoubledLine, DoubledLine.row_id == line.id)
    found = session.execute(query.order_by(line.live.desc(), line.id)).all()  # what counts has its key first
    doubled = [_Line(one, typed.casefold(), live) for one, typed, live in found]
    for start in range(0, len(doubled), LINES_AT_ONCE):
        _know_again(session, doubled[start : start + LINES_AT_ONCE])


def _know_again(session: Session, doubled: Sequence[_Line]) -> None:
    line = EarningLine
    keys = {one.key for one in doubled}
    known = session.execute(select(line.id, line.key, line.digest, line.live).where(line.key.in_(keys))).all()
    taken = {key for _, key, _, live in known if live}
    changing: dict[int, _Line] = {}
    for one in doubled:
        if not (one.live and one.key in taken):
            changing[one.id] = one
            taken |= {one.key} if one.live else set()
    if changing:
        same = {(key, digest): row_id for row_id, key, digest, _ in known if row_id not in changing}
        _change(session, list(changing.values()), same)


def _change(session: Session, changing: Sequence[_Line], same: dict[tuple[str, str], int]) -> None:
    """Give lines their keys; where another one says the same (`same`), let them be one: what counts stays."""
    digests = _digests(session, [one.id for one in changing])
    rows: dict[int, dict[str, Any]] = {}
    instead: dict[int, int] = {}
    for one in changing:
        says = one.key, digests[one.id]
        other = same.get(says)
        if other is not None and not one.live:
            instead[one.id] = other
            continue
        if other is not None:
            instead[other] = one.id
        same[says] = one.id
        rows[one.id] = {"id": one.id, "key": one.key, "digest": says[1]}
    _bring_instead(session, instead)
    if rows:
        session.execute(update(EarningLine), list(rows.values()))
    session.execute(delete(DoubledLine).where(DoubledLine.row_id.in_(list(rows))))


def _digests(session: Session, ids: Sequence[int]) -> Mapping[int, str]:
    query = select(EarningLine.id, EarningLine.said).where(EarningLine.id.in_(ids))
    return {one: Entry(0, {}, values=said, any_case=ANY_CASE).digest for one, said in session.execute(query)}


def _bring_instead(session: Session, instead: Mapping[int, int]) -> None:
    """Let imports that brought a line have brought another one instead, and delete the line."""
    if not instead:
        return
    mine = ImportedRow.import_id.in_(select(Import.id).where(Import.kind == KIND))
    rows = {*instead, *instead.values()}
    query = select(ImportedRow.import_id, ImportedRow.row_id).where(mine, ImportedRow.row_id.in_(rows))
    have = {(import_id, row_id) for import_id, row_id in session.execute(query)}
    wanted = {(import_id, instead[row_id]) for import_id, row_id in have if row_id in instead}
    adding = [{"import_id": import_id, "row_id": row_id} for import_id, row_id in sorted(wanted - have)]
    if adding:
        session.execute(insert(ImportedRow), adding)
    gone = list(instead)
    unsynchronized = {"synchronize_session": False}
    for statement in (
        delete(ImportedRow).where(mine, ImportedRow.row_id.in_(gone)),
        delete(DoubledLine).where(DoubledLine.row_id.in_(gone)),
        delete(EarningLine).where(EarningLine.id.in_(gone)),
    ):
        session.execute(statement, execution_options=unsynchronized)
