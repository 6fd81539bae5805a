"""Takes a file in: looked through once, kept, and ready to be read row by row."""

import os
from collections.abc import Sequence
from itertools import islice
from typing import BinaryIO

from sqlalchemy.exc import IntegrityError

from portal.accounts.actor import Actor
from portal.db import transaction
from portal.evidence.intake import Taken
from portal.evidence.names import safe_name
from portal.evidence.recording import record
from portal.imports.importer import Importer, NoImport, note
from portal.imports.kinds import Kind
from portal.imports.model import READING, Import
from portal.imports.sheets import NoSheet, headings, lines
from portal.imports.workbooks import sheet_of, too_many_rows
from portal.languages.sentences import gettext, number
from portal.settings import Settings

CSV = "text/csv"
# A content may be discarded, as one that nothing held, between its keeping and its row.
TRIES = 3


def take_in(importer: Importer, kind_code: str, name: str, file: BinaryIO, actor: Actor) -> int:
    """Keep a file of the kind and return the id of its import, whose rows are yet to be read.

    Of a workbook the first sheet is kept, as CSV. Raises NoImport for an unknown kind, NoSheet for a file
    that is no sheet of this kind, and ReaderBroken where workbooks cannot be read at all.
    """
    kind = importer.kinds.get(kind_code)
    if kind is None:
        raise NoImport
    _check_size(importer.settings, file)
    sheet = sheet_of(importer.settings, file, actor.key)
    count = _rows(importer, kind, sheet)
    for left in reversed(range(TRIES)):
        try:
            return _kept(importer, kind, safe_name(name), sheet, count, actor)
        except IntegrityError:
            if not left:
                raise
    raise AssertionError("every try ends above")


def _check_size(settings: Settings, file: BinaryIO) -> None:
    if file.seek(0, os.SEEK_END) > settings.import_bytes_at_most:
        raise NoSheet(
            gettext(
                "The file has more than %(limit)s MB. Split it, and import each part.",
                limit=number(settings.import_bytes_at_most // 1_000_000),
            )
        )


def _rows(importer: Importer, kind: Kind, sheet: BinaryIO) -> int:
    """Return how many rows the sheet has below its headings. Raises NoSheet."""
    settings = importer.settings
    if wrong := kind.wrong_headings(headings(sheet)):
        raise NoSheet(_of_another_kind(importer, headings(sheet)) or " ".join(wrong))
    count = sum(1 for _ in islice(lines(sheet), settings.import_rows_at_most + 1))
    if count == 0:
        raise NoSheet(gettext("The file has no rows below the names of its columns."))
    if count > settings.import_rows_at_most:
        raise NoSheet(too_many_rows(settings))
    return count


def _of_another_kind(importer: Importer, names: Sequence[str]) -> str:
    for one in importer.kinds.values():
        if not one.wrong_headings(names):
            return gettext("The columns are those of “%(kind)s”. Choose that kind of rows.", kind=one.label)
    return ""


def _kept(importer: Importer, kind: Kind, name: str, sheet: BinaryIO, count: int, actor: Actor) -> int:
    sha256 = importer.files.put_file(sheet)
    taken = Taken(sha256, CSV, sheet.seek(0, os.SEEK_END), None, name)
    with transaction() as session:
        now = importer.clock.now()
        record(session, taken, now)
        row = Import(
            kind=kind.code,
            file_name=taken.name,
            sha256=taken.sha256,
            state=READING,
            rows=count,
            by_id=actor.person_id,
            at=now,
        )
        session.add(row)
        session.flush()
        note(session, importer, row, actor, "taken_in")
        return row.id
