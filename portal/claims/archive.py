"""The documents of several claims as one ZIP file, written while it is sent and never whole in memory."""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.documents import note_reading
from portal.claims.selection import CannotChoose, chosen_documents
from portal.evidence.store import FileStore
from portal.languages.sentences import gettext, number

CHUNK_BYTES = 256 * 1024
# With the folder and a number, still a path that every file system takes.
NAME_CHARACTERS_AT_MOST = 120
NOT_INCLUDED = "Not included.txt"  # stays English: the name of a file
# No file system of a partner's machine takes these, or takes them as parts of a path.
_FORBIDDEN = frozenset('\\/:*?"<>|')


@dataclass(frozen=True)
class Entry:
    """One document in the archive. `at` is when it was added, in the program's zone."""

    path: str
    sha256: str
    size: int
    at: datetime


def archive(session: Session, desk: Desk, actor: Actor, numbers: Sequence[str]) -> Iterator[bytes]:
    """Return the parts of the archive of the documents that count; every reading is recorded before.

    Raises CannotChoose where there is no document, and where they are larger than the settings allow.
    """
    found = chosen_documents(session, desk, actor, numbers)
    _check(sum(document.file.size for _, document in found), desk.settings.archive_bytes_at_most)
    zone = ZoneInfo(desk.policies.in_force().policy.time_zone)
    taken: set[str] = set()
    entries = [
        Entry(
            path_in_archive(number, document.name, taken),
            document.sha256,
            document.file.size,
            document.added_at.astimezone(zone),
        )
        for number, document in found
    ]
    for _, document in found:
        note_reading(desk, document, actor)
    # Said now: the parts are written when the request is over, and nobody knows its language any more.
    deleted = gettext("These documents were deleted while the archive was written:")
    return _parts(desk.files, entries, deleted)


def _check(size: int, most: int) -> None:
    if not size:
        raise CannotChoose(
            gettext("The claims you chose have no documents, so there is nothing to download.")
        )
    if size > most:
        raise CannotChoose(
            gettext(
                "The documents are %(size)s MB, and at most %(most)s MB can be downloaded at once. "
                "Go back to the list and choose fewer claims.",
                size=number(round(size / 1e6)),
                most=number(round(most / 1e6)),
            )
        )


def path_in_archive(number: str, name: str, taken: set[str]) -> str:
    """Return a path that no other entry has, and add it to `taken`: a folder a claim, names made harmless."""
    plain = "".join("_" if char in _FORBIDDEN or not char.isprintable() else char for char in name)
    whole = PurePosixPath(plain.strip(" .") or "document")
    stem = whole.stem[: NAME_CHARACTERS_AT_MOST - len(whole.suffix[:20])]
    path, again = f"{number}/{stem}{whole.suffix[:20]}", 1
    while path.casefold() in taken:  # many file systems do not tell letters by their case
        again += 1
        path = f"{number}/{stem} ({again}){whole.suffix[:20]}"
    taken.add(path.casefold())
    return path


class Sent:
    """What the archive writes to: it gives away what it got, and cannot be rewound."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        whole = b"".join(self._parts)
        self._parts.clear()
        return whole


def _parts(files: FileStore, entries: Sequence[Entry], deleted: str) -> Iterator[bytes]:
    """Yield the archive; `deleted` is written above the names of documents that are gone by now.

    PDF, DOCX and pictures are compressed already, so they are stored as they are.
    """
    sent, gone = Sent(), []
    with zipfile.ZipFile(sent, "w", zipfile.ZIP_STORED) as whole:  # type: ignore[call-overload]  # writes only
        for entry in entries:
            try:
                source = files.open(entry.sha256)
            except FileNotFoundError:
                gone.append(entry.path)
                continue
            about = zipfile.ZipInfo(entry.path, entry.at.timetuple()[:6])
            about.file_size = entry.size
            with source, whole.open(about, "w") as target:
                while chunk := source.read(CHUNK_BYTES):
                    target.write(chunk)
                    yield sent.taken()
        if gone:
            whole.writestr(NOT_INCLUDED, "\n".join([deleted, *gone]) + "\n")
    yield sent.taken()
