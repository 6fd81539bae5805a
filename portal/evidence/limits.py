"""Starts the limited process that opens or draws one document, and tells what came of it."""

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from portal.evidence import drawing, reading, sheet_reading

# A machine that is busy with other things makes a document wait that needs little itself.
WAIT_FACTOR = 2


@dataclass(frozen=True)
class Reading:
    """What came of opening a document: its pages (None where the format has none), or the problem's code."""

    pages: int | None = None
    problem: str | None = None


@dataclass(frozen=True)
class Drawn:
    """One page as it is shown: a picture (PNG) or its text, or the code of what kept it from that."""

    picture: bytes = field(default=b"", repr=False)
    text: str | None = None
    problem: str | None = None


@dataclass(frozen=True)
class Sheet:
    """The first sheet of a workbook as CSV (UTF-8), or the problem's code, and the cell that it is about."""

    content: bytes = field(default=b"", repr=False)
    problem: str | None = None
    where: str = ""


class ReaderBroken(Exception):
    """The process that reads documents cannot do its work; the installation is at fault, no document."""


def read(kind: str, content: bytes, *, seconds: int, mebibytes: int) -> Reading:
    """Open `content` as `kind` (a key of `reading.READERS`) in a process of its own.

    The process may use `seconds` of processor time and `mebibytes` of address space, and is ended after
    twice the time in any case. It gets neither the environment, nor open files, nor the portal's code.
    Raises ReaderBroken when it cannot even begin.
    """
    # Isolated mode and a plain path: the working folder and PYTHON… variables choose no code.
    command = [sys.executable, "-I", str(Path(reading.__file__)), kind, str(mebibytes), str(seconds)]
    return run(command, content, wait=seconds * WAIT_FACTOR)


def draw(kind: str, content: bytes, page: int, *, as_text: bool, seconds: int, mebibytes: int) -> Drawn:
    """Draw page `page` (from 1) of `content`, or read its text, in a process limited as that of `read`.

    A picture has at most `drawing.PIXELS_AT_MOST` pixels and `drawing.BYTES_AT_MOST` bytes. Raises
    ReaderBroken as `read` does.
    """
    wanted = drawing.TEXT if as_text else drawing.PICTURE
    numbers = (str(number) for number in (mebibytes, seconds, page))
    command = [sys.executable, "-I", str(Path(drawing.__file__)), kind, wanted, *numbers]
    ended = _ended(command, content, seconds * WAIT_FACTOR, drawing.BYTES_AT_MOST)
    if isinstance(ended, str):
        return Drawn(problem=ended)
    if not as_text and _is_picture(ended):
        return Drawn(picture=ended)
    match _said(ended):
        case {"text": str(text)} if as_text:
            return Drawn(text=text[: drawing.CHARACTERS_AT_MOST])
        case {"problem": str(problem)}:
            return Drawn(problem=problem)
    return Drawn(problem="crashed")


def read_sheet(
    content: bytes,
    *,
    seconds: int,
    mebibytes: int,
    rows_at_most: int,
    bytes_at_most: int,
    currencies: Iterable[str],
) -> Sheet:
    """Read the first sheet of the workbook (XLSX) `content` in a process limited as that of `read`.

    Its CSV has at most `bytes_at_most` bytes. A cell that shows a text which is not in it is a problem,
    unless it is one of the codes of `currencies`. Raises ReaderBroken as `read` does.
    """
    numbers = (str(number) for number in (mebibytes, seconds, rows_at_most, bytes_at_most))
    command = [sys.executable, "-I", str(Path(sheet_reading.__file__)), *numbers, ",".join(currencies)]
    ended = _ended(command, content, seconds * WAIT_FACTOR, bytes_at_most + sheet_reading.CHUNK)
    if isinstance(ended, str):
        return Sheet(problem=ended)
    if ended.startswith(sheet_reading.MARK):
        return Sheet(content=ended.removeprefix(sheet_reading.MARK))
    match _said(ended):
        case {"problem": str(problem), "where": str(where)}:
            return Sheet(problem=problem, where=where[: sheet_reading.PLACE_CHARACTERS_AT_MOST])
    return Sheet(problem="crashed")


def run(command: list[str], content: bytes, *, wait: float) -> Reading:
    """Run `command` with `content` on stdin for at most `wait` seconds and read its answer."""
    ended = _ended(command, content, wait, reading.ANSWER_BYTES_AT_MOST)
    if isinstance(ended, str):
        return Reading(problem=ended)
    # A document that took the process over may answer anything.
    match _said(ended):
        case {"problem": str(problem)}:
            return Reading(problem=problem)
        case {"pages": int() | None as pages}:
            return Reading(pages=pages)
    return Reading(problem="crashed")


def _ended(command: list[str], content: bytes, wait: float, at_most: int) -> bytes | str:
    """Return the first `at_most` bytes that the command answers, or the code of what kept it from that."""
    # The answer goes to a file because a process can be kept from writing a large one, unlike a pipe.
    with tempfile.TemporaryFile() as answer:
        try:
            ended = subprocess.run(  # noqa: S603  # the command is the portal's own; no shell
                command,
                input=content,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8"},
                timeout=wait,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "takes_too_long"
        answer.seek(0)
        if ended.returncode == reading.NOT_READY:
            # stays English: the log tells it to operators
            raise ReaderBroken("The libraries that read documents cannot be loaded; run `make setup` again.")
        if ended.returncode == -signal.SIGXCPU:
            return "takes_too_long"
        # The PDF reader ends its process when memory is refused to it, as a damaged file may make it do.
        return "crashed" if ended.returncode != 0 else answer.read(at_most)


def _said(answer: bytes) -> object:
    try:
        return json.loads(answer)
    except ValueError:
        return None


def _is_picture(answer: bytes) -> bool:
    """Tell whether the answer begins as a PNG of a size that a drawing may have."""
    if not answer.startswith(drawing.PNG) or len(answer) < drawing.HEAD_BYTES:
        return False
    width, height = size_of(answer)
    return 0 < width * height <= drawing.PIXELS_AT_MOST


def size_of(picture: bytes) -> tuple[int, int]:
    """Return width and height in pixels as the head of a PNG says them."""
    return int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])
