"""Lets the rows of an import count, takes them back, or throws away what was never used."""

from sqlalchemy import Exists, delete, exists, update
from sqlalchemy.orm import Session, aliased

from portal.accounts.actor import Actor
from portal.db import transaction
from portal.imports.counting import count_anew, rows_of
from portal.imports.importer import Importer, NotNow, locked, note
from portal.imports.kinds import Kind
from portal.imports.model import (
    DROPPED,
    IN_USE,
    READING,
    READY,
    UNDONE,
    WRONG,
    Import,
    Imported,
    ImportedRow,
)
from portal.imports.setbacks import overcome
from portal.languages.sentences import gettext
from portal.rulebook.rulebook import Rulebook


def use(importer: Importer, import_id: int, actor: Actor) -> None:
    """Let every row of the import count from now on, all or none. Raises NoImport and NotNow.

    Where what the rows were checked against changed since in a way that matters to them, nothing counts,
    and the file is to be read once more (`read_in`): so its rows count as they are right now, or say why not.
    """
    rulebook = importer.policies.in_force()  # not within: storing a new policy is a transaction too
    with transaction() as session:
        row = locked(session, import_id)
        if row.state != READY:
            raise NotNow(_why_not(row))
        kind = importer.kinds[row.kind]
        if outdated := _outdated(session, kind, rulebook, row):
            _read_again(session, kind, row)
        else:
            row.state, row.used_at, row.followed = IN_USE, importer.clock.now(), False
            overcome(row)
            _let_count(session, kind, row)
            note(session, importer, row, actor, "used")
    if outdated:
        raise NotNow(outdated)


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
        overcome(row)
        note(session, importer, row, actor, "undone")


def drop(importer: Importer, import_id: int, actor: Actor) -> None:
    """Throw away the rows of an import that was never used. Raises NoImport and NotNow."""
    with transaction() as session:
        row = locked(session, import_id)
        if row.state not in (READING, READY, WRONG):
            raise NotNow(_why_not(row))
        _forget(session, importer.kinds[row.kind], row)
        row.state = DROPPED
        overcome(row)
        note(session, importer, row, actor, "dropped")


def _let_count(session: Session, kind: Kind, row: Import) -> None:
    table = kind.table
    mine = table.id.in_(rows_of(row))
    session.execute(update(table).where(mine, ~table.live).values(live=True))
    if kind.changed:
        kind.changed(session, mine)
    count_anew(session, kind)


def _let_count_no_more(session: Session, kind: Kind, row: Import) -> None:
    table = kind.table
    mine = table.id.in_(rows_of(row))
    counts_by_another = _brought_by_another(table, row).where(Import.state == IN_USE)
    session.execute(update(table).where(mine, ~counts_by_another).values(live=False))
    if kind.changed:
        kind.changed(session, mine)
    count_anew(session, kind)


def _forget(session: Session, kind: Kind, row: Import) -> None:
    table = kind.table
    unwanted = table.id.in_(rows_of(row)), ~table.live, ~_brought_by_another(table, row)
    session.execute(delete(table).where(*unwanted))
    session.execute(delete(ImportedRow).where(ImportedRow.import_id == row.id))


def _brought_by_another(table: type[Imported], row: Import) -> Exists:
    """Return the condition that another import of the same kind brought the row of `table` as well."""
    other = aliased(ImportedRow)
    return exists().where(
        other.row_id == table.id, other.import_id == Import.id, Import.id != row.id, Import.kind == row.kind
    )


def _outdated(session: Session, kind: Kind, rulebook: Rulebook, row: Import) -> str:
    """Return what changed since the reading so that its outcome does not hold any more, "" where it holds."""
    if row.against:
        return gettext(
            "Another import that came into use since this file was checked says something else of some of "
            "its rows. The file is checked once more, and its page tells which rows these are."
        )
    if kind.misplaced and kind.misplaced(session, rulebook, kind.table.id.in_(rows_of(row))):
        return gettext(
            "Since this file was checked, claims were approved or ended, and some of its rows that name no "
            "claim belong to another one now. The file is checked once more; look at it, then use its rows."
        )
    return ""


def _read_again(session: Session, kind: Kind, row: Import) -> None:
    """Put the import back to where none of its rows was read."""
    _forget(session, kind, row)
    row.state, row.read_at = READING, None
    row.read = row.fresh = row.same = row.wrong = row.against = 0


def _why_not(row: Import) -> str:
    return {
        READING: gettext("The file is still being read. Wait until that is done."),
        WRONG: gettext("The file has mistakes. Mend them in the file, and import it again."),
        READY: gettext("The import is not in use, so there is nothing to undo."),
        IN_USE: gettext("The import is in use already. Undo it first."),
        UNDONE: gettext("The import was undone. Import the file again."),
        DROPPED: gettext("The import was discarded. Import the file again."),
    }[row.state]
