"""Lets the rows of an import count, takes them back, or throws away what was never used."""

from sqlalchemy import Exists, Select, delete, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from portal.accounts.actor import Actor
from portal.db import transaction
from portal.imports.importer import Importer, NotNow, locked, note
from portal.imports.kinds import Kind
from portal.imports.model import (
    DROPPED,
    IN_USE,
    MISTAKES_AT_MOST,
    READING,
    READY,
    UNDONE,
    WRONG,
    Import,
    Imported,
    ImportedRow,
    ImportMistake,
)
from portal.languages.sentences import gettext, in_english


def use(importer: Importer, import_id: int, actor: Actor) -> None:
    """Let every row of the import count from now on, all or none. Raises NoImport and NotNow.

    Where another import that came into use since the reading says something else of a row, nothing
    counts, and the import says which rows these are.
    """
    with transaction() as session:
        row = locked(session, import_id)
        if row.state != READY:
            raise NotNow(_why_not(row))
        kind = importer.kinds[row.kind]
        contradicted = _contradicted(session, kind, row)
        if contradicted:
            row.state, row.wrong = WRONG, contradicted
        else:
            _let_count(session, kind, row)
            row.state, row.used_at, row.followed = IN_USE, importer.clock.now(), False
            note(session, importer, row, actor, "used")
    if contradicted:
        raise NotNow(_why_not(row))


def undo(importer: Importer, import_id: int, actor: Actor) -> None:
    """Let the rows of the import count no more, except those that another import in use brought as well.

    Raises NoImport and NotNow.
    """
    with transaction() as session:
        row = locked(session, import_id)
        if row.state != IN_USE:
            raise NotNow(_why_not(row))
        _let_count_no_more(session, importer.kinds[row.kind], row)
        row.state, row.undone_at, row.followed = UNDONE, importer.clock.now(), False
        note(session, importer, row, actor, "undone")


def drop(importer: Importer, import_id: int, actor: Actor) -> None:
    """Throw away the rows of an import that was never used. Raises NoImport and NotNow."""
    with transaction() as session:
        row = locked(session, import_id)
        if row.state not in (READING, READY, WRONG):
            raise NotNow(_why_not(row))
        _forget(session, importer.kinds[row.kind], row)
        row.state = DROPPED
        note(session, importer, row, actor, "dropped")


def _let_count(session: Session, kind: Kind, row: Import) -> None:
    table = kind.table
    mine = table.id.in_(_rows(row))
    session.execute(update(table).where(mine, ~table.live).values(live=True))
    if kind.changed:
        kind.changed(session, mine)


def _let_count_no_more(session: Session, kind: Kind, row: Import) -> None:
    table = kind.table
    mine = table.id.in_(_rows(row))
    counts_by_another = _brought_by_another(table, row).where(Import.state == IN_USE)
    session.execute(update(table).where(mine, ~counts_by_another).values(live=False))
    if kind.changed:
        kind.changed(session, mine)


def _forget(session: Session, kind: Kind, row: Import) -> None:
    table = kind.table
    unwanted = table.id.in_(_rows(row)), ~table.live, ~_brought_by_another(table, row)
    session.execute(delete(table).where(*unwanted))
    session.execute(delete(ImportedRow).where(ImportedRow.import_id == row.id))


def _rows(row: Import) -> Select[int]:
    return select(ImportedRow.row_id).where(ImportedRow.import_id == row.id)


def _brought_by_another(table: type[Imported], row: Import) -> Exists:
    """Return the condition that another import of the same kind brought the row of `table` as well."""
    other = aliased(ImportedRow)
    return exists().where(
        other.row_id == table.id, other.import_id == Import.id, Import.id != row.id, Import.kind == row.kind
    )


def _contradicted(session: Session, kind: Kind, row: Import) -> int:
    """Note a mistake for each row of the import of which another row counts by now; return how many."""
    mine, theirs = aliased(kind.table), aliased(kind.table)
    query = (
        select(mine.key)
        .join(theirs, theirs.key == mine.key)
        .where(mine.id.in_(_rows(row)), theirs.live, theirs.id != mine.id)
    )
    found = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    with in_english():
        reason = gettext("An import that came into use meanwhile says something else of this.")
    for key in session.scalars(query.order_by(mine.key).limit(MISTAKES_AT_MOST)).all():
        session.add(ImportMistake(import_id=row.id, row=0, column="", cell=key, reason=reason))
    return found


def _why_not(row: Import) -> str:
    return {
        READING: gettext("The file is still being read. Wait until that is done."),
        WRONG: gettext("The file has mistakes. Mend them in the file, and import it again."),
        READY: gettext("The import is not in use, so there is nothing to undo."),
        IN_USE: gettext("The import is in use already. Undo it first."),
        UNDONE: gettext("The import was undone. Import the file again."),
        DROPPED: gettext("The import was discarded. Import the file again."),
    }[row.state]
