"""The imports as the pages show them: a page of all, newest first, and what each state means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.imports.importer import Importer
from portal.imports.model import DROPPED, IN_USE, READING, READY, UNDONE, WAITING, WRONG, Import
from portal.languages.sentences import gettext, lazy_gettext
from portal.paging import NoSuchPlace, Order, page_of


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
        lazy_gettext(
            "The file counted once and does not any more; its rows count only where another import in use "
            "brought them as well. Upload it again to use its rows again."
        ),
    ),
    DROPPED: State(
        lazy_gettext("Discarded"),
        "neutral",
        lazy_gettext("The file was checked and never used. Upload it again to use its rows."),
    ),
}
# Of one that is ready to use, and cannot be used since another one came into use.
CONTRADICTED = State(
    lazy_gettext("Contradicted"),
    "danger",
    lazy_gettext(
        "Every row was right when the file was checked, but something else counts of some of them by now. "
        "Nothing of the file counts."
    ),
)
# Of one that is being checked, where that failed.
UNREADABLE = State(
    lazy_gettext("Could not be checked"),
    "danger",
    lazy_gettext("Reading the file failed; the portal tries again by itself. Nothing of the file counts."),
)
# The newest first.
ORDER = Order("-id", Import.id.expression, Import.id, int, descending=True, always=True)
COMMAND = lazy_gettext("A command on the server")


@dataclass(frozen=True)
class Shown:
    """One import in words. `twice` are others that wait with the very same file, where it waits itself.

    With `undecided`, claims that it may concern could not be decided again yet.
    """

    row: Import
    kind: str
    state: State
    who: str
    twice: tuple[int, ...]
    undecided: bool


@dataclass(frozen=True)
class Imports:
    """One page of imports. `after` and `before` are cursors, "" where the list ends."""

    rows: tuple[Shown, ...]
    after: str
    before: str


def imports(session: Session, importer: Importer, given: Mapping[str, str]) -> Imports:
    """Return the page that the address parameters ask for; what names no place asks for the newest."""
    query, size = select(Import), importer.settings.imports_per_page
    try:
        page = page_of(
            session, query, ORDER, size, after=given.get("after", ""), before=given.get("before", "")
        )
    except NoSuchPlace:
        page = page_of(session, query, ORDER, size)
    return Imports(shown(session, importer, [row for (row,) in page.rows]), page.after, page.before)


def shown(session: Session, importer: Importer, rows: Sequence[Import]) -> tuple[Shown, ...]:
    """Return imports in words."""
    twice = _waiting_twice(session, rows)
    return tuple(_shown(importer, row, twice.get(row.id, ())) for row in rows)


def _waiting_twice(session: Session, rows: Sequence[Import]) -> Mapping[int, tuple[int, ...]]:
    """Return, of those of the imports that wait, which others wait with the same file."""
    waiting = [row for row in rows if row.state in WAITING]
    query = select(Import.id, Import.kind, Import.sha256).where(
        Import.sha256.in_({row.sha256 for row in waiting}), Import.state.in_(WAITING)
    )
    found = session.execute(query.order_by(Import.id)).all() if waiting else ()
    return {
        row.id: tuple(
            other
            for other, kind, sha256 in found
            if other != row.id and (kind, sha256) == (row.kind, row.sha256)
        )
        for row in waiting
    }


def _shown(importer: Importer, row: Import, twice: tuple[int, ...]) -> Shown:
    kind = importer.kinds.get(row.kind)
    who = row.by.name if row.by else str(COMMAND)
    undecided = row.error is not None and row.state in (IN_USE, UNDONE)
    return Shown(row, str(kind.label) if kind else row.kind, _state(row), who, twice, undecided)


def _state(row: Import) -> State:
    if row.state == READY and row.against:
        return CONTRADICTED
    if row.state == READING and row.error is not None:
        return UNREADABLE
    return STATES[row.state]


def kinds(importer: Importer) -> list[tuple[str, str, str]]:
    """Return code, label and meaning of each kind of file, to choose from."""
    return [(kind.code, str(kind.label), str(kind.means)) for kind in importer.kinds.values()]


def missing(file_name: str, *, kind_is_chosen: bool) -> dict[str, str]:
    """Return what is told by field where no file (`file_name` is ""), or no kind of file, was chosen."""
    told = {} if kind_is_chosen else {"kind": gettext("Choose what the rows of the file are.")}
    if not file_name:
        told["file"] = gettext("Choose a file first; nothing was uploaded.")
    else:  # no page can put a file back into a form
        told["file"] = gettext(
            "Choose %(file)s once more: a browser keeps no file that it sent.", file=file_name
        )
    return told
