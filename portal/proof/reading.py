"""Reads a proof pack, which anybody may have made: nothing is unpacked, and nothing read without limit."""

import hashlib
import json
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from portal.proof.layout import holds_more

# More than the rules and events of any claim; a text that claims to be larger is not read. What JSON becomes
# in memory is some thirty times as large.
TEXT_BYTES_AT_MOST = 20 * 1000 * 1000
# Every document that a claim may have, every decision, and the rule files of each policy of a long life.
FILES_AT_MOST = 10_000
# What a pack may unpack to: its texts, and its documents, which are hardly smaller when they are compressed.
UNPACKED_BYTES_AT_LEAST = 2 * TEXT_BYTES_AT_MOST
UNPACKED_PER_BYTE = 20
WAYS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
CHUNK_BYTES = 256 * 1024
# What zipfile raises of files that are damaged, encrypted, or compressed in a way nobody uses.
BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, NotImplementedError, EOFError, ValueError,
    ArithmeticError,
)  # fmt: skip


class Unreadable(Exception):
    """A file of the pack is not there or cannot be read; the message says so in a sentence."""


class PackFile:
    """The ZIP file of a pack. Raises Unreadable where it is none."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except BROKEN as error:
            raise Unreadable("This is no ZIP file, or it is damaged.") from error  # stays English
        self._left = UNPACKED_BYTES_AT_LEAST + UNPACKED_PER_BYTE * path.stat().st_size
        if len(self._zip.infolist()) > FILES_AT_MOST:
            self._zip.close()
            # stays English
            raise Unreadable(f"It holds more than {FILES_AT_MOST} files, and no pack does.")

    def __enter__(self) -> "PackFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def names(self) -> Counter[str]:
        """Return how often each name is in the file; a sound pack has each once."""
        return Counter(self._zip.namelist())

    def holds_more(self) -> bool:
        """Tell whether there is anything besides the listed files."""
        return self._zip.fp is None or holds_more(self._zip.fp, self._zip.infolist())

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
            if self._zip.getinfo(name).compress_type not in WAYS:
                raise Unreadable("It is compressed in a way in which no pack is.")  # stays English
            with self._zip.open(name) as source:
                while chunk := source.read(CHUNK_BYTES):
                    left -= len(chunk)
                    self._left -= len(chunk)
                    if left < 0:
                        raise Unreadable("It is larger than it should be.")  # stays English
                    if self._left < 0:
                        # stays English
                        raise Unreadable("The whole unpacks to more than any pack of this size does.")
                    yield chunk
        except KeyError as error:
            raise Unreadable("It is missing.") from error  # stays English
        except BROKEN as error:
            raise Unreadable(f"It cannot be read ({error}).") from error  # stays English
