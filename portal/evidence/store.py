"""Stored contents: each kept once, in a file named by its SHA-256, on the disk before anyone is told."""

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

CHUNK = 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FOLDER = re.compile(r"[0-9a-f]{2}")
# Names of files that are no contents yet, and of contents that are about to be no more.
_UNFINISHED = re.compile(r"\.[0-9a-f]{64}\.[0-9a-f]{16}")
_ASIDE = re.compile(r"\.([0-9a-f]{64})\.[0-9a-f]{16}\.aside")


class FileStore:
    """The folder of stored contents, outside of what the web server serves."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, content: bytes) -> str:
        """Keep `content` and return its SHA-256 (64 hex digits); what is kept already stays the same.

        When this returns, the content and its name have reached the disk (fsync), so that a row that
        names it may be committed. Raises OSError where the disk is full or cannot be written.
        """
        return self.put_file(BytesIO(content))

    def put_file(self, file: BinaryIO) -> str:
        """Keep all of an open file as `put` keeps a content, without holding it in memory.

        Raises OSError also where somebody changes the file meanwhile.
        """
        sha256 = _sha256_of(file)
        path = self.path(sha256)
        self._make(path.parent)
        # Written anew even when it is there: another writer may not have reached the disk yet, and a
        # content that was damaged is whole again.
        unfinished = _beside(path)
        try:
            handle = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w+b") as written:
                file.seek(0)
                shutil.copyfileobj(file, written)
                written.flush()
                os.fsync(written.fileno())
                if _sha256_of(written) != sha256:
                    # stays English: told in the log
                    raise OSError("The file was changed while it was read.")
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        sync_folder(path.parent)
        return sha256

    def path(self, sha256: str) -> Path:
        """Return where the content is kept. Raises ValueError for anything but 64 lower hex digits."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError("A stored content is named by the 64 lower-case hex digits of its SHA-256.")
        return self._root / sha256[:2] / sha256

    def open(self, sha256: str) -> BinaryIO:
        """Open a kept content for reading. Raises ValueError, and FileNotFoundError where it is not kept."""
        return self.path(sha256).open("rb")

    def has(self, sha256: str) -> bool:
        """Tell whether the content is kept. Raises ValueError for what names none."""
        return self.path(sha256).is_file()

    def written_at(self, sha256: str) -> datetime | None:
        """Return when the content was last written (aware, UTC), or None where it is not kept."""
        return _written_at(self.path(sha256))

    def folders(self) -> Iterator[list[str]]:
        """Yield the SHA-256 of every content that is kept, one folder of them at a time."""
        for folder in self._folders():
            yield [path.name for path in folder.iterdir() if _SHA256.fullmatch(path.name)]

    def set_aside(self, sha256: str) -> Path | None:
        """Take a content out of the store so that it can still be put back; None where it is not kept.

        Whoever sets one aside ends it by `put_back`, or by deleting the path that is returned.
        """
        path = self.path(sha256)
        aside = _beside(path, ".aside")
        try:
            return path.rename(aside)
        except FileNotFoundError:
            return None

    def put_back(self, aside: Path) -> None:
        """Keep a content again that was set aside; nothing happens where somebody else has put it back."""
        if found := _ASIDE.fullmatch(aside.name):
            with suppress(FileNotFoundError):
                aside.rename(self.path(found[1]))

    def clear_up(self, before: datetime) -> None:
        """Undo what interrupted processes left; `before` is aware.

        What was being written until then will never be finished and is deleted. What was set aside is
        put back at any time: whether it may go is asked once more by whoever discards it next.
        """
        for folder in self._folders():
            for path in list(folder.iterdir()):
                if _ASIDE.fullmatch(path.name):
                    self.put_back(path)
                elif _UNFINISHED.fullmatch(path.name) and (at := _written_at(path)) and at < before:
                    path.unlink(missing_ok=True)

    def _folders(self) -> list[Path]:
        """Return the store's own folders; others, such as a file system's, may not even be readable."""
        if not self._root.is_dir():
            return []
        return sorted(path for path in self._root.iterdir() if _FOLDER.fullmatch(path.name))

    def _make(self, folder: Path) -> None:
        missing = [part for part in (folder, *folder.parents) if not part.exists()]
        for part in reversed(missing):
            part.mkdir(mode=0o700, exist_ok=True)
            sync_folder(part.parent)


def _sha256_of(file: BinaryIO) -> str:
    file.seek(0)
    found = hashlib.sha256()
    while part := file.read(CHUNK):
        found.update(part)
    return found.hexdigest()


def _beside(path: Path, suffix: str = "") -> Path:
    """Return a name beside `path` that nobody else uses and that names no content."""
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}{suffix}")


def _written_at(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def sync_file(path: Path) -> None:
    """Wait until the content of `path` has reached the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in `folder` have reached the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
