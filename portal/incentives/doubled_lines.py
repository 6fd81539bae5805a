"""Lines that came to count twice, with capitals and without, before their IDs were the same: known again."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.imports.kinds import Entry
from portal.imports.model import Import, ImportedRow
from portal.incentives.model import DoubledLine, EarningLine

KIND = "earnings"
ANY_CASE = frozenset({"line_id"})


def know_again(session: Session) -> None:
    """Let a line that counts under its ID as it was typed have its key, as soon as no other line has it.

    Two lines of one ID that counted already when IDs became the same in any case went on counting, one of
    them under a key that no file finds. Where the other one does not count any more, the one that is left is
    the line of that ID, and a file that brings the ID must not count beside it. Within a transaction that
    has locked all imports of lines.
    """
    query = select(EarningLine).join(DoubledLine, DoubledLine.row_id == EarningLine.id)
    for line in session.scalars(query.where(EarningLine.live).order_by(EarningLine.id)).all():
        key = line.line_id.casefold()
        counting = select(EarningLine.id).where(EarningLine.key == key, EarningLine.live)
        if session.scalar(counting) is None:
            digest = Entry(0, {}, values=line.said, any_case=ANY_CASE).digest
            _become_one(session, key, digest, line.id)
            known = update(EarningLine).where(EarningLine.id == line.id)
            session.execute(known.values(key=key, digest=digest))
            session.execute(delete(DoubledLine).where(DoubledLine.row_id == line.id))


def _become_one(session: Session, key: str, digest: str, row_id: int) -> None:
    """Let imports that brought a line which says the same, and does not count, have brought this one."""
    query = select(EarningLine.id).where(EarningLine.key == key, EarningLine.digest == digest)
    if (other := session.scalar(query)) is None:
        return
    mine = ImportedRow.import_id.in_(select(Import.id).where(Import.kind == KIND))
    have = select(ImportedRow.import_id).where(mine, ImportedRow.row_id == row_id)
    theirs = mine, ImportedRow.row_id == other
    moved = update(ImportedRow).where(*theirs, ImportedRow.import_id.not_in(set(session.scalars(have))))
    session.execute(moved.values(row_id=row_id))
    session.execute(delete(ImportedRow).where(*theirs))
    session.execute(delete(EarningLine).where(EarningLine.id == other))
