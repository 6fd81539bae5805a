"""Drawn pages, kept until room is needed; each can be drawn again, so none is evidence or backed up."""

import logging
import os
import re
import secrets
import shutil
from contextlib import suppress
from itertools import chain
from pathlib import Path

from portal.evidence.store import FileStore

log = logging.getLogger(__name__)

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[1-9][0-9]{0,3}\.(png|txt)(\.problem)?")
PROBLEM = ".problem"
# Room is looked for when this part of it was filled since the last look, which reads the whole folder.
LOOK_AFTER = 20


class PreviewStore:
    """The folder of drawn pages by the SHA-256 of their document; holds at most `bytes_at_most`."""

    def __init__(self, root: Path, bytes_at_most: int) -> None:
        self._root = root
        self._at_most = bytes_at_most
        # A process looks once when it begins: nobody knows what others left.
        self._since_look = bytes_at_most

    def get(self, sha256: str, name: str) -> bytes | None:
        """Return what is kept of a document under `name`, such as 1.png; None where that cannot be read."""
        path = self._path(sha256, name)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError:
            log.warning("a drawn page could not be read", exc_info=True)
            return None

    def put(self, sha256: str, name: str, content: bytes) -> None:
        """Keep `content` where the disk lets it; what cannot be kept is drawn again."""
        path = self._path(sha256, name)
        unfinished = path.with_name(f".{name}.{secrets.token_hex(8)}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            unfinished.replace(path)
        except OSError:
            log.warning("a drawn page could not be kept", exc_info=True)
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
        self._since_look += len(content)
        if self._since_look * LOOK_AFTER >= self._at_most:
            self._since_look = 0
            self._make_room()

    def forget(self, sha256: str) -> None:
        """Delete every drawn page of a document."""
        shutil.rmtree(self._folder(sha256), ignore_errors=True)

    def clear_up(self, files: FileStore) -> None:
        """Delete the pages of documents that are not in `files`, and every problem, to be tried anew."""
        for folder in self._folders():
            if not files.has(folder.name):
                self.forget(folder.name)
                continue
            for path in _files_in(folder):
                if path.name.endswith(PROBLEM):
                    path.unlink(missing_ok=True)
        self._make_room()

    def _make_room(self) -> None:
        """Delete the pages that were drawn longest ago until the rest fits."""
        found = []
        for path in chain.from_iterable(map(_files_in, self._folders())):
            with suppress(FileNotFoundError):
                stat = path.stat()
                found.append((stat.st_mtime, stat.st_size, path))
        held = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if held <= self._at_most:
                break
            path.unlink(missing_ok=True)
            held -= size

    def _folders(self) -> list[Path]:
        if not self._root.is_dir():
            return []
        return [path for path in self._root.iterdir() if _SHA256.fullmatch(path.name)]

    def _folder(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError("A document is named by the 64 lower-case hex digits of its SHA-256.")
        return self._root / sha256

    def _path(self, sha256: str, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("A drawn page is named by its number and its kind, such as 1.png.")
        return self._folder(sha256) / name


def _files_in(folder: Path) -> list[Path]:
    """Return the files of a folder, none where somebody forgot it meanwhile."""
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []
