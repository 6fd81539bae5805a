"""Reads a file that was taken in: rows that are right wait until the import is used, wrong ones are told."""

from collections import deque
from collections.abc import Sequence
from itertools import islice

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.db import transaction
from portal.imports.counting import count_anew
from portal.imports.importer import Importer, locked
from portal.imports.kinds import Entry
from portal.imports.model import MISTAKES_AT_MOST, READING, READY, WRONG, Import, ImportMistake
from portal.imports.placing import excuse_what_counts, place
from portal.imports.setbacks import overcome
from portal.imports.sheets import Line, lines
from portal.languages.sentences import in_english
from portal.rulebook.rulebook import Rulebook

# So many rows are looked up and written with a few statements, and are what a stopped worker repeats.
ROWS_AT_ONCE = 500
# Of what stands in a wrong cell, enough to find it again.
CELL_CHARACTERS_AT_MOST = 100
# Another import may bring the same row at the same moment; each failure means that it has done so.
TRIES = 5


def read_in(importer: Importer, import_id: int) -> None:
    """Read the rows of an import that were not read yet; each part of them in a transaction of its own.

    Safe to stop at any moment, and for several at once: each part is read by whoever comes first, and the
    others go on behind it. When this returns, the import is read whole or was dropped. Raises NoImport.
    """
    position: int | None
    with transaction() as session:
        row = locked(session, import_id)
        sha256, position = row.sha256, _next(row)
    with importer.files.open(sha256) as file:
        rows, at = lines(file), 0
        while position is not None:
            if position < at:
                rows, at = lines(file), 0
            deque(islice(rows, position - at), maxlen=0)  # read before a stop, or by somebody else
            part = tuple(islice(rows, ROWS_AT_ONCE))
            at = position + len(part)
            position = _read_part(importer, import_id, position, part)


def _next(row: Import) -> int | None:
    """Return the row of the file that is to be read next, None where nothing is."""
    return row.read if row.state == READING else None


def _read_part(importer: Importer, import_id: int, position: int, part: Sequence[Line]) -> int | None:
    """Read the part from row `position` of the file on, if it is still to be read; return what is next."""
    for left in reversed(range(TRIES)):
        try:
            rulebook = importer.policies.in_force()  # not within: storing a new policy is a transaction too
            with transaction() as session, in_english():  # mistakes are kept, whoever reads them later
                row = locked(session, import_id)
                if _next(row) == position:
                    _stage(session, importer, rulebook, row, part)
                    _end(session, importer, row, part)
                return _next(row)
        except IntegrityError:
            if not left:
                raise
    raise AssertionError("every try ends above")


def _end(session: Session, importer: Importer, row: Import, part: Sequence[Line]) -> None:
    if row.read >= row.rows or not part:
        row.state, row.read_at = WRONG if row.wrong else READY, importer.clock.now()
        overcome(row)
        count_anew(session, importer.kinds[row.kind])  # some came into use while the first parts were read


def _stage(
    session: Session, importer: Importer, rulebook: Rulebook, row: Import, part: Sequence[Line]
) -> None:
    kind = importer.kinds[row.kind]
    entries = [kind.read(line, rulebook) for line in part]
    today = importer.clock.today(rulebook.policy.time_zone)
    readable = [entry for entry in entries if not entry.mistakes]
    kind.resolve(session, rulebook, today, readable)
    excuse_what_counts(session, kind, readable)
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
                imports=list(mistake.imports),
            )
        )


def _noted(session: Session, row: Import) -> int:
    return session.query(ImportMistake).filter_by(import_id=row.id).count()
