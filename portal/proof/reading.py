"""Reads a proof pack, which anybody may have made: nothing is unpacked, and nothing read without limit."""

import hashlib
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

# More than the rules and events of any claim; a text that claims to be larger is not read.
TEXT_BYTES_AT_MOST = 50 * 1000 * 1000
CHUNK_BYTES = 256 * 1024
# What zipfile raises of files that are damaged, encrypted, or compressed in a way nobody uses.
BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, ValueError)


class Unreadable(Exception):
    """A file of the pack is not there or cannot be read; the message says so in a sentence."""


class PackFile:
    """The ZIP file of a pack. Raises Unreadable where it is none."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except BROKEN as error:
            raise Unreadable("This is no ZIP file, or it is damaged.") from error  # stays English

    def __enter__(self) -> "PackFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def names(self) -> Counter[str]:
        """Return how often each name is in the file; a sound pack has each once."""
        return Counter(self._zip.namelist())

    def read(self, name: str) -> bytes:
        """Return the content of a small file. Raises Unreadable."""
        content = bytearray()
        for chunk in self._chunks(name, TEXT_BYTES_AT_MOST):
            content += chunk
        return bytes(content)

    def json(self, name: str) -> Any:
        """Return what a JSON file holds. Raises Unreadable."""
        try:
            return json.loads(self.read(name))
        except (ValueError, RecursionError) as error:
            raise Unreadable("It is not the JSON that it should be.") from error  # stays English

    def digest(self, name: str, most: int) -> tuple[int, str]:
        """Return size and SHA-256 of a file of which at most `most` bytes are expected. Raises Unreadable."""
        size, digest = 0, hashlib.sha256()
        for chunk in self._chunks(name, most):
            size += len(chunk)
            digest.update(chunk)
        return size, digest.hexdigest()

    def _chunks(self, name: str, most: int) -> Iterator[bytes]:
        left = most
        try:
            with self._zip.open(name) as source:
                while chunk := source.read(CHUNK_BYTES):
                    left -= len(chunk)
                    if left < 0:
                        raise Unreadable("It is larger than it should be.")  # stays English
                    yield chunk
        except KeyError as error:
            raise Unreadable("It is missing.") from error  # stays English
        except BROKEN as error:
            raise Unreadable(f"It cannot be read ({error}).") from error  # stays English
