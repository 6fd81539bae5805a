"""Stored contents: each kept once, in a file named by its SHA-256, on the disk before anyone is told."""

import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import BinaryIO

_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileStore:
    """The folder of stored contents, outside of what the web server serves."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, content: bytes) -> str:
        """Keep `content` and return its SHA-256 (64 hex digits); what is kept already stays the same.

        When this returns, the content and its name have reached the disk (fsync), so that a row that
        names it may be committed. Raises OSError where the disk is full or cannot be written.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        self._make(path.parent)
        # Written anew even when it is there: another writer may not have reached the disk yet, and a
        # content that was damaged is whole again.
        unfinished = path.with_name(f".{sha256}.{secrets.token_hex(8)}")
        try:
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
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

    def _make(self, folder: Path) -> None:
        missing = [part for part in (folder, *folder.parents) if not part.exists()]
        for part in reversed(missing):
            part.mkdir(mode=0o700, exist_ok=True)
            sync_folder(part.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in `folder` have reached the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
