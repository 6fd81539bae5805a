"""Starts the limited process that opens one document, and tells what came of it."""

import json
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from portal.evidence import reading

# A machine that is busy with other things makes a document wait that needs little itself.
WAIT_FACTOR = 2


@dataclass(frozen=True)
class Reading:
    """What came of opening a document: its pages (None where the format has none), or the problem's code."""

    pages: int | None = None
    problem: str | None = None


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


def run(command: list[str], content: bytes, *, wait: float) -> Reading:
    """Run `command` with `content` on stdin for at most `wait` seconds and read its answer."""
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
            return Reading(problem="takes_too_long")
        answer.seek(0)
        return _understood(ended.returncode, answer.read(reading.ANSWER_BYTES_AT_MOST))


def _understood(code: int, answer: bytes) -> Reading:
    if code == reading.NOT_READY:
        raise ReaderBroken("The libraries that read documents cannot be loaded; run `make setup` again.")
    if code == -signal.SIGXCPU:
        return Reading(problem="takes_too_long")
    if code != 0:
        # The PDF reader ends its process when memory is refused to it, as a damaged file may make it do.
        return Reading(problem="crashed")
    try:
        said = json.loads(answer)
    except ValueError:
        return Reading(problem="crashed")
    # A document that took the process over may answer anything.
    match said:
        case {"problem": str(problem)}:
            return Reading(problem=problem)
        case {"pages": int() | None as pages}:
            return Reading(pages=pages)
    return Reading(problem="crashed")
