"""Puts the rows of a file into their table, where they do not count before the import is used."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from portal.imports.kinds import Entry, Kind
from portal.imports.model import IN_USE, Import, ImportedRow
from portal.imports.naming import import_named
from portal.languages.sentences import gettext


class Known(NamedTuple):
    """A row that its table has already."""

    id: int
    key: str
    digest: str
    live: bool
    said: dict[str, object]


def excuse_what_counts(session: Session, kind: Kind, entries: Sequence[Entry]) -> None:
    """Take back what is wrong with entries that say what a row says which counts already.

    Whether it fits the claims was decided when it came to count; what happened to them since is no reason
    to tell the same file, read once more, that it has mistakes.
    """
    wrong = [entry for entry in entries if entry.mistakes and entry.key]
    known = _known(session, kind, {entry.key for entry in wrong}) if wrong else []
    counting = {(row.key, row.digest) for row in known if row.live}
    for entry in wrong:
        if (entry.key, entry.digest) in counting:
            entry.mistakes.clear()


def place(session: Session, kind: Kind, import_id: int, entries: Sequence[Entry]) -> tuple[int, int]:
    """Add what the entries say to the rows of the import; return how many are new and how many were known.

    What contradicts a row that counts, or an earlier row of the same file, is noted as a mistake of the
    entry and not added. Raises IntegrityError where somebody else adds the same row at this moment.
    """
    known = _known(session, kind, {entry.key for entry in entries})
    own = _own(session, import_id, known)
    counting = {row.key: row for row in known if row.live}
    against = [row for one in entries if (row := counting.get(one.key)) and row.digest != one.digest]
    by = _bringing(session, kind, against)
    ids = {(row.key, row.digest): row.id for row in known}
    said = {row.key: (row.digest, row.said) for row in known if row.id in own}
    fresh = same = 0
    adding: dict[tuple[str, str], Entry] = {}
    linking: set[int] = set()
    found_anew: dict[int, Entry] = {}
    for entry in entries:
        digest = entry.digest
        if (earlier := said.get(entry.key)) and earlier[0] != digest:
            entry.wrong("", _twice(entry, earlier[1]))
        elif (counts := counting.get(entry.key)) and counts.digest != digest:
            imports = by.get(counts.id, ())
            entry.wrong("", _otherwise(entry, counts.said, imports), imports)
        else:
            fresh, same = (fresh, same + 1) if earlier or counts else (fresh + 1, same)
            said[entry.key] = digest, entry.values
            if (row_id := ids.get((entry.key, digest))) is None:
                adding[entry.key, digest] = entry
            else:
                linking |= {row_id} - own
                if counts is None:
                    found_anew[row_id] = entry
    _find_anew(session, kind, found_anew)
    linking.update(_added(session, kind, adding.values()))
    if linking:
        session.execute(
            insert(ImportedRow), [{"import_id": import_id, "row_id": one} for one in sorted(linking)]
        )
    return fresh, same


def _known(session: Session, kind: Kind, keys: set[str]) -> list[Known]:
    table = kind.table
    query = select(table.id, table.key, table.digest, table.live, table.said).where(table.key.in_(keys))
    return [Known(*row) for row in session.execute(query)]


def _own(session: Session, import_id: int, known: Sequence[Known]) -> set[int]:
    """Return which of the known rows the import has brought already."""
    query = select(ImportedRow.row_id).where(
        ImportedRow.import_id == import_id, ImportedRow.row_id.in_([row.id for row in known])
    )
    return set(session.scalars(query)) if known else set()


def _bringing(session: Session, kind: Kind, counting: Sequence[Known]) -> Mapping[int, Sequence[int]]:
    """Return by which imports in use each of the rows counts."""
    found: dict[int, list[int]] = {}
    query = (
        select(ImportedRow.row_id, ImportedRow.import_id)
        .join(Import, Import.id == ImportedRow.import_id)
        .where(
            Import.kind == kind.code,
            Import.state == IN_USE,
            ImportedRow.row_id.in_([row.id for row in counting]),
        )
        .order_by(ImportedRow.import_id)
    )
    for row_id, import_id in session.execute(query) if counting else ():
        found.setdefault(row_id, []).append(import_id)
    return found


def _added(session: Session, kind: Kind, entries: Iterable[Entry]) -> list[int]:
    rows = [
        {"key": one.key, "digest": one.digest, "said": one.values, "live": False, **one.found}
        for one in entries
    ]
    return list(session.scalars(insert(kind.table).returning(kind.table.id), rows)) if rows else []


def _find_anew(session: Session, kind: Kind, entries: Mapping[int, Entry]) -> None:
    """Let rows that count nowhere have what follows from their cells by now, such as the claim.

    Another import, undone or still waiting, keeps them as they were found when it was read.
    """
    follows = [
        {name: value for name, value in one.found.items() if name not in one.values}
        for one in entries.values()
    ]
    rows = [{"id": row_id, **found} for row_id, found in zip(entries, follows, strict=True) if found]
    if rows:
        session.execute(update(kind.table), rows)


def _differing(entry: Entry, other: dict[str, object]) -> str:
    names = [name for name, value in entry.values.items() if other.get(name) != value]
    told = [gettext("%(column)s was “%(value)s”", column=name, value=other.get(name, "")) for name in names]
    return ", ".join(told)


def _twice(entry: Entry, other: dict[str, object]) -> str:
    return gettext(
        "An earlier row of the file says something else of the same thing (%(differences)s). Keep one.",
        differences=_differing(entry, other),
    )


def _otherwise(entry: Entry, other: dict[str, object], by: Sequence[int]) -> str:
    return gettext(
        "What counts by %(imports)s says something else of the same thing (%(differences)s). Undo "
        "that import and upload this file again, or take the row out of it.",
        imports=", ".join(import_named(one) for one in by),
        differences=_differing(entry, other),
    )
