"""The page of one import: how far it has come, its mistakes, what can be done, and what happened to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.model import AuditEvent
from portal.imports.counting import contradicting, number_counting
from portal.imports.importer import PREFIX, Importer, NoImport
from portal.imports.listing import Shown, shown
from portal.imports.model import IN_USE, READING, READY, UNDONE, WRONG, Import, ImportMistake
from portal.imports.naming import Piece, pieces
from portal.imports.totals import Totals, totals_of
from portal.languages.sentences import lazy_gettext

HAPPENED: Mapping[str, str] = {
    "taken_in": lazy_gettext("Uploaded"),
    "used": lazy_gettext("Rows used"),
    "undone": lazy_gettext("Undone"),
    "dropped": lazy_gettext("Discarded"),
    "tried_again": lazy_gettext("Another try asked for"),
}


@dataclass(frozen=True)
class Event:
    """One thing that happened to the import, from its chain in the audit."""

    title: str
    who: str
    at: datetime


@dataclass(frozen=True)
class Told:
    """One mistake, with its reason in pieces, of which some name imports."""

    row: int
    column: str
    cell: str
    reason: tuple[Piece, ...]


@dataclass(frozen=True)
class ImportPage:
    """One import with all that its page tells. `unlisted` are rows with mistakes beyond those listed.

    `contradicting` are the imports in use that say something else by now than one that is ready; `go_on`
    tells how many rows of one that was undone count by another import.
    """

    shown: Shown
    mistakes: tuple[Told, ...]
    unlisted: int
    history: tuple[Event, ...]
    totals: tuple[Totals, ...]
    contradicting: tuple[int, ...]
    go_on: int

    @property
    def row(self) -> Import:
        return self.shown.row

    @property
    def reading(self) -> bool:
        return self.row.state == READING

    @property
    def may_use(self) -> bool:
        return self.row.state == READY

    @property
    def may_undo(self) -> bool:
        return self.row.state == IN_USE

    @property
    def undone(self) -> bool:
        return self.row.state == UNDONE

    @property
    def may_discard(self) -> bool:
        return self.row.state in (READING, READY, WRONG)


def import_page(session: Session, importer: Importer, import_id: int) -> ImportPage:
    """Return what the page of an import tells. Raises NoImport."""
    row = find_import(session, import_id)
    mistakes = mistakes_of(session, import_id)
    kind = importer.kinds[row.kind]
    listed = len({one.row or one.cell for one in mistakes})
    return ImportPage(
        shown(session, importer, [row])[0],
        tuple(
            Told(one.row, one.column, one.cell, tuple(pieces(one.reason, one.imports))) for one in mistakes
        ),
        max(row.wrong - listed, 0),
        tuple(_history(session, row)),
        totals_of(session, importer, row),
        contradicting=contradicting(session, kind, row) if row.state == READY and row.against else (),
        go_on=number_counting(session, kind, row) if row.state == UNDONE else 0,
    )


def find_import(session: Session, import_id: int) -> Import:
    """Return an import. Raises NoImport."""
    row = session.get(Import, import_id)
    if row is None:
        raise NoImport
    return row


def mistakes_of(session: Session, import_id: int) -> tuple[ImportMistake, ...]:
    """Return the listed mistakes of an import in the order of its rows."""
    query = select(ImportMistake).where(ImportMistake.import_id == import_id)
    return tuple(session.scalars(query.order_by(ImportMistake.row, ImportMistake.id)))


def _history(session: Session, row: Import) -> list[Event]:
    """Return what happened to the import, the latest first.

    What is older than it happened to another one, which had its number before the tables of imports were
    taken away by a migration and made anew; the audit keeps both.
    """
    chain = select(AuditEvent).where(AuditEvent.subject == f"{PREFIX}{row.id}", AuditEvent.at >= row.at)
    events = session.scalars(chain.order_by(AuditEvent.place.desc()))
    return [Event(str(HAPPENED.get(one.action, one.action)), one.actor_name, one.at) for one in events]
