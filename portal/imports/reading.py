"""Takes a file in and reads it: rows that are right wait until the import is used, wrong ones are told."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.db import transaction
from portal.evidence.intake import Taken
from portal.evidence.names import safe_name
from portal.evidence.recording import record
from portal.imports.importer import Importer, NoImport, locked, note
from portal.imports.kinds import Entry
from portal.imports.model import READING, READY, WRONG, Import, ImportMistake
from portal.imports.placing import place
from portal.imports.sheets import Line, NoSheet, headings, lines
from portal.languages.sentences import gettext, in_english

# So many rows are looked up and written with a few statements, and are what a stopped worker repeats.
ROWS_AT_ONCE = 500
# More mistakes are counted and not listed: whoever has mended these reads the file in again.
MISTAKES_AT_MOST = 1000
# Of what stands in a wrong cell, enough to find it again.
CELL_CHARACTERS_AT_MOST = 100
# Another import may bring the same row at the same moment; each failure means that it has done so.
TRIES = 5

CSV = "text/csv"


def take_in(importer: Importer, kind_code: str, name: str, file: BinaryIO, actor: Actor) -> int:
    """Keep a file of the kind and return the id of its import, whose rows are yet to be read.

    Raises NoImport for an unknown kind, and NoSheet for a file that is no sheet of this kind.
    """
    kind = importer.kinds.get(kind_code)
    if kind is None:
        raise NoImport
    importer.policies.in_force()  # before the transaction: storing a new policy is one of its own
    if wrong := kind.wrong_headings(headings(file)):
        raise NoSheet(" ".join(wrong))
    count = sum(1 for _ in lines(file))
    if count == 0:
        raise NoSheet(gettext("The file has no rows below the names of its columns."))
    file.seek(0)
    content = file.read()
    taken = Taken(importer.files.put(content), CSV, len(content), None, safe_name(name))
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


def read_in(importer: Importer, import_id: int) -> None:
    """Read the rows of an import that were not read yet; each part of them in a transaction of its own.

    Safe to stop at any moment and to run twice at once: whoever comes second leaves it to the first.
    """
    with transaction() as session:
        row = locked(session, import_id)
        sha256, position = row.sha256, row.read
    with importer.files.open(sha256) as file:
        rows = _from(position, file)
        while part := tuple(islice(rows, ROWS_AT_ONCE)):
            if not _read_part(importer, import_id, position, part):
                return
            position += len(part)
    with transaction() as session:
        row = locked(session, import_id)
        if row.state == READING and row.read == row.rows:
            row.state, row.read_at = WRONG if row.wrong else READY, importer.clock.now()


def _from(position: int, file: BinaryIO) -> Iterator[Line]:
    found = lines(file)
    for _ in range(position):
        next(found)
    return found


def _read_part(importer: Importer, import_id: int, position: int, part: Sequence[Line]) -> bool:
    """Read one part, beginning at row `position` of the file; return whether it was still to be read."""
    for left in reversed(range(TRIES)):
        try:
            with transaction() as session, in_english():  # mistakes are kept, whoever reads them later
                row = locked(session, import_id)
                if row.state != READING or row.read != position:
                    return False
                _stage(session, importer, row, part)
        except IntegrityError:
            if not left:
                raise
        else:
            break
    return True


def _stage(session: Session, importer: Importer, row: Import, part: Sequence[Line]) -> None:
    kind, rulebook = importer.kinds[row.kind], importer.policies.in_force()
    entries = [kind.read(line, rulebook) for line in part]
    kind.resolve(session, rulebook, [entry for entry in entries if not entry.mistakes])
    fresh, same = place(session, kind, row.id, [entry for entry in entries if not entry.mistakes])
    wrong = [entry for entry in entries if entry.mistakes]
    row.fresh, row.same, row.wrong = row.fresh + fresh, row.same + same, row.wrong + len(wrong)
    row.read += len(part)
    _note_mistakes(session, row, wrong)


def _note_mistakes(session: Session, row: Import, wrong: Sequence[Entry]) -> None:
    room = MISTAKES_AT_MOST - _noted(session, row)
    found = [(entry.number, mistake) for entry in wrong for mistake in entry.mistakes]
    for number, mistake in found[: max(room, 0)]:
        session.add(
            ImportMistake(
                import_id=row.id,
                row=number,
                column=mistake.column,
                cell=mistake.cell[:CELL_CHARACTERS_AT_MOST],
                reason=mistake.reason,
            )
        )


def _noted(session: Session, row: Import) -> int:
    return session.query(ImportMistake).filter_by(import_id=row.id).count()
