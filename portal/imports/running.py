"""Runs imports: a whole one at once for a command, or whatever waits for the background work."""

import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.db import db
from portal.imports.columns import plain_amount
from portal.imports.importer import Importer, NotNow
from portal.imports.model import IN_USE, READING, WRONG, Import, ImportMistake
from portal.imports.reading import read_in
from portal.imports.setbacks import is_due, put_off, told
from portal.imports.taking import take_in
from portal.imports.totals import Totals, totals_of
from portal.imports.using import drop, use

log = logging.getLogger(__name__)

# A command's file is checked once more where another import or a claim was quicker; so many times in a row
# nothing else comes into use at the very moment.
TRIES = 3


@dataclass(frozen=True)
class Wrong:
    """One mistake: row as a spreadsheet counts, column ("" for the whole row), what stands there, and why."""

    row: int
    column: str
    cell: str
    reason: str


@dataclass(frozen=True)
class Part:
    """The rows of one status. Amounts have a point and as many digits behind it as their currency."""

    status: str
    rows: int
    amount: str


@dataclass(frozen=True)
class FileTotals:
    """What the rows of the file come to in one currency, each row once."""

    currency: str
    rows: int
    amount: str
    statuses: tuple[Part, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of a file. `wrong` are rows with mistakes, of which `mistakes` lists the first ones.

    `totals` are empty where the rows are no money, and where a mistake keeps all of them out.

    `problem` is a sentence where its rows should have been used, have no mistake, and yet were not.
    """

    number: int  # of the import, whose page tells the same
    kind: str
    file: str
    rows: int
    fresh: int
    same: int
    wrong: int
    used: bool
    mistakes: tuple[Wrong, ...]
    problem: str = ""
    totals: tuple[FileTotals, ...] = ()


def import_at_once(
    importer: Importer, kind: str, name: str, file: BinaryIO, actor: Actor, *, dry_run: bool
) -> Outcome:
    """Read a file and use it unless it has mistakes; with `dry_run` none of its rows is kept.

    Raises NoSheet for a file that is no sheet of the kind.
    """
    import_id = take_in(importer, kind, name, file, actor)
    problem = ""
    try:
        read_in(importer, import_id)
        if not dry_run:
            problem = _used(importer, import_id, actor)
        return _outcome(importer, import_id, problem)
    finally:
        if _state(import_id) != IN_USE:
            with suppress(NotNow):
                drop(importer, import_id, actor)


def _used(importer: Importer, import_id: int, actor: Actor) -> str:
    """Use a file that was read, unless it has mistakes; return what kept it, "" where its rows count.

    Whatever else became of it meanwhile, such as that somebody discarded it, is told by `use` itself.
    """
    problem = ""
    for _ in range(TRIES):
        if (state := _state(import_id)) in (WRONG, IN_USE):
            return problem if state == WRONG else ""
        try:
            use(importer, import_id, actor)
        except NotNow as refused:
            problem = str(refused)
            if _state(import_id) != READING:  # no other try would change what keeps it
                return problem
            read_in(importer, import_id)  # another import, or somebody on its page, was quicker
        else:
            return ""
    return problem


def use_now(importer: Importer, import_id: int, actor: Actor) -> None:
    """Let every row of an import count, as `use` does. Where it is to be checked once more, a short one is.

    Raises NoImport and NotNow.
    """
    try:
        use(importer, import_id, actor)
    except NotNow:
        _read_short(importer, import_id)
        raise


def _read_short(importer: Importer, import_id: int) -> None:
    if db.session().get_one(Import, import_id).rows <= importer.settings.import_rows_at_once:
        read_in(importer, import_id)


def bring(importer: Importer, kind: str, name: str, file: BinaryIO, actor: Actor) -> int:
    """Take a file in and return the id of its import. A short one is read at once, a long one waits.

    Raises as `take_in` does.
    """
    import_id = take_in(importer, kind, name, file, actor)
    _read_short(importer, import_id)
    return import_id


def read_waiting(importer: Importer) -> None:
    """Read every import that waits for it, the oldest first.

    One that fails holds up no other, and waits the longer the oftener it failed.
    """
    session, due = db.session(), is_due(importer.clock.now())
    query = select(Import.id).where(Import.state == READING, due).order_by(Import.id)
    waiting = list(session.scalars(query))
    session.rollback()
    for import_id in waiting:
        try:
            read_in(importer, import_id)
        except Exception as error:
            log.exception("an import could not be read; it is tried again later", extra={"id": import_id})
            put_off(import_id, READING, importer.clock.now(), told(error))


def _state(import_id: int) -> str:
    session = db.session()
    state = session.get_one(Import, import_id, populate_existing=True).state
    session.rollback()
    return state


def _outcome(importer: Importer, import_id: int, problem: str) -> Outcome:
    session = db.session()
    row = session.get_one(Import, import_id, populate_existing=True)
    query = select(ImportMistake).where(ImportMistake.import_id == import_id)
    found = session.scalars(query.order_by(ImportMistake.row, ImportMistake.id))
    mistakes = tuple(Wrong(one.row, one.column, one.cell, one.reason) for one in found)
    return Outcome(
        number=row.id,
        kind=row.kind,
        file=row.file_name,
        rows=row.rows,
        fresh=row.fresh,
        same=row.same,
        wrong=row.wrong,
        used=row.state == IN_USE,
        mistakes=mistakes,
        problem="" if row.wrong else problem,
        totals=tuple(_written(one) for one in totals_of(session, importer, row)),
    )


def _written(totals: Totals) -> FileTotals:
    code = totals.currency
    parts = [Part(one.status, one.rows, plain_amount(one.amount, code)) for one in totals.parts]
    return FileTotals(code, totals.rows, plain_amount(totals.amount, code), tuple(parts))
