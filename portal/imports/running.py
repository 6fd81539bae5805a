"""Runs imports: a whole one at once for a command, or whatever waits for the background work."""

import logging
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.db import db
from portal.imports.importer import Importer
from portal.imports.model import READING, READY, Import, ImportMistake
from portal.imports.reading import read_in, take_in
from portal.imports.using import drop, use

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wrong:
    """One mistake: row as a spreadsheet counts, column ("" for the whole row), what stands there, and why."""

    row: int
    column: str
    cell: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What came of a file. `wrong` are rows with mistakes, of which `mistakes` lists the first ones."""

    number: int  # of the import, 0 where nothing was kept
    kind: str
    file: str
    rows: int
    fresh: int
    same: int
    wrong: int
    used: bool
    mistakes: tuple[Wrong, ...]


def import_at_once(
    importer: Importer, kind: str, name: str, file: BinaryIO, actor: Actor, *, dry_run: bool
) -> Outcome:
    """Read a file and use it unless it has mistakes; with `dry_run` nothing of it is kept.

    Raises NoSheet for a file that is no sheet of the kind, and NotNow where another import was quicker.
    """
    import_id = take_in(importer, kind, name, file, actor)
    try:
        read_in(importer, import_id)
        row = db.session().get_one(Import, import_id)
        if row.state == READY and not dry_run:
            use(importer, import_id, actor)
            return _outcome(import_id, used=True)
        return _outcome(import_id, used=False)
    finally:
        if db.session().get_one(Import, import_id, populate_existing=True).used_at is None:
            drop(importer, import_id, actor)


def read_waiting(importer: Importer) -> None:
    """Read every import that waits for it, the oldest first. One that fails holds up no other."""
    session = db.session()
    waiting = list(session.scalars(select(Import.id).where(Import.state == READING).order_by(Import.id)))
    session.rollback()
    for import_id in waiting:
        try:
            read_in(importer, import_id)
        except Exception:
            log.exception("an import could not be read; it goes on at the next turn", extra={"id": import_id})


def _outcome(import_id: int, *, used: bool) -> Outcome:
    session = db.session()
    row = session.get_one(Import, import_id, populate_existing=True)
    query = select(ImportMistake).where(ImportMistake.import_id == import_id)
    found = session.scalars(query.order_by(ImportMistake.row, ImportMistake.id))
    mistakes = tuple(Wrong(one.row, one.column, one.cell, one.reason) for one in found)
    return Outcome(row.id, row.kind, row.file_name, row.rows, row.fresh, row.same, row.wrong, used, mistakes)
