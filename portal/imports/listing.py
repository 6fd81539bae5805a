"""The imports as the pages show them: a page of all, newest first, and what each state means."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import row_id
from portal.imports.importer import Importer
from portal.imports.model import DROPPED, IN_USE, READING, READY, UNDONE, WRONG, Import
from portal.languages.sentences import gettext, lazy_gettext


@dataclass(frozen=True)
class State:
    """How far an import has come, in words: a label, the tone of its badge, and what it means."""

    label: str
    tone: str
    means: str


STATES: Mapping[str, State] = {
    READING: State(
        lazy_gettext("Being checked"),
        "info",
        lazy_gettext("The rows are being looked at. Nothing of the file counts yet."),
    ),
    WRONG: State(
        lazy_gettext("Has mistakes"),
        "danger",
        lazy_gettext(
            "Nothing of the file counts, not even the rows that are right. Mend it, and upload it again."
        ),
    ),
    READY: State(
        lazy_gettext("Ready to use"),
        "attention",
        lazy_gettext("Every row is right. Nothing of the file counts until you use its rows."),
    ),
    IN_USE: State(lazy_gettext("In use"), "success", lazy_gettext("Every row of the file counts.")),
    UNDONE: State(
        lazy_gettext("Undone"),
        "neutral",
        lazy_gettext("The file counted once and does not any more. Upload it again to use its rows again."),
    ),
    DROPPED: State(
        lazy_gettext("Discarded"),
        "neutral",
        lazy_gettext("The file was checked and never used. Upload it again to use its rows."),
    ),
}
COMMAND = lazy_gettext("A command on the server")


@dataclass(frozen=True)
class Shown:
    """One import in words."""

    row: Import
    kind: str
    state: State
    who: str


@dataclass(frozen=True)
class Imports:
    """One page of imports. `before` and `after` are ids for the pager, 0 where the list ends."""

    rows: tuple[Shown, ...]
    before: int
    after: int


def imports(session: Session, importer: Importer, given: Mapping[str, str]) -> Imports:
    """Return the page that the address parameters ask for: older than `before`, or newer than `after`.

    What is no id of a row asks for the newest.
    """
    size = importer.settings.imports_per_page
    before, after = row_id(given.get("before", "")), row_id(given.get("after", ""))
    if after is not None and before is None:
        newer = select(Import).where(Import.id > after).order_by(Import.id).limit(size)
        rows = list(session.scalars(newer))[::-1]
    else:
        query = select(Import).order_by(Import.id.desc()).limit(size)
        rows = list(session.scalars(query if before is None else query.where(Import.id < before)))
    return Imports(
        tuple(shown(importer, row) for row in rows),
        before=_id_where(session, rows[-1].id, newer=False) if rows else 0,
        after=_id_where(session, rows[0].id, newer=True) if rows else 0,
    )


def _id_where(session: Session, import_id: int, *, newer: bool) -> int:
    """Return the id where there are newer (or older) imports, 0 where there are none."""
    others = Import.id > import_id if newer else Import.id < import_id
    return import_id if session.scalar(select(Import.id).where(others).limit(1)) else 0


def shown(importer: Importer, row: Import) -> Shown:
    """Return one import in words."""
    kind = importer.kinds.get(row.kind)
    who = row.by.name if row.by else str(COMMAND)
    return Shown(row, str(kind.label) if kind else row.kind, STATES[row.state], who)


def kinds(importer: Importer) -> list[tuple[str, str, str]]:
    """Return code, label and meaning of each kind of file, to choose from."""
    return [(kind.code, str(kind.label), str(kind.means)) for kind in importer.kinds.values()]


def not_chosen() -> dict[str, str]:
    """Return what is told where no file, or no kind of file, was chosen; by field."""
    return {
        "kind": gettext("Choose what the rows of the file are."),
        "file": gettext("Choose a file first; nothing was uploaded."),
    }
