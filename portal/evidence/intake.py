"""Takes a document in: recognized by its content, opened once under limits, then kept or refused."""

import unicodedata
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import filetype

from portal.evidence.limits import read
from portal.evidence.names import name_for, safe_name
from portal.evidence.reading import PAGES_AT_MOST, PIXELS_AT_MOST
from portal.evidence.store import FileStore
from portal.settings import Settings


@dataclass(frozen=True)
class Kind:
    """A type of document that is taken, and how its content begins."""

    code: str
    media_type: str
    magic: bytes
    suffixes: tuple[str, ...]


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS = (
    Kind("pdf", "application/pdf", b"%PDF-", (".pdf",)),
    Kind("docx", DOCX, b"PK\x03\x04", (".docx",)),
    Kind("png", "image/png", b"\x89PNG\r\n\x1a\n", (".png",)),
    Kind("jpeg", "image/jpeg", b"\xff\xd8\xff", (".jpg", ".jpeg")),
)

WANTED = "Upload a PDF, a Word document (DOCX), a PNG or a JPEG."
AGAIN = "Open it on your computer, save it as a new PDF and upload that."

# What the limited process finds, in words: what is so, and what to do about it.
PROBLEMS = {
    "encrypted": "it is protected with a password. Save a copy without the password and upload that.",
    "cut_off": "its end is missing. Upload it again, or save it once more and upload that.",
    "damaged": f"it is damaged. {AGAIN}",
    "crashed": f"it is damaged or needs more memory than a document may use. {AGAIN}",
    "too_many_pages": f"it has more than {PAGES_AT_MOST} pages. Upload only those that prove the work.",
    "needs_too_much": f"it needs more memory than a document may use. {AGAIN}",
    "takes_too_long": f"it takes too long to open. {AGAIN}",
    "unpacks_too_large": f"its parts are too large or too many. {AGAIN}",
    "not_a_document": f"it is an archive or another Office file, not a Word document. {WANTED}",
    "macros": "it contains macros. Save it as a Word document without macros (DOCX) and upload that.",
    "too_many_pixels": (
        f"the picture has over {PIXELS_AT_MOST // 1_000_000} million pixels. Save it smaller and upload that."
    ),
}

# Beginnings that say what somebody uploaded by mistake, or under a wrong name on purpose.
_KNOWN_OTHERS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or password-protected Office file"),
    (b"{\\rtf", "an RTF file"),
)
_MARKUP = (
    ("<!doctype html", "a web page (HTML)"),
    ("<html", "a web page (HTML)"),
    ("<script", "a script"),
    ("#!", "a script"),
    ("<svg", "an SVG drawing"),
    ("<?xml", "an XML or SVG file"),
)


class Unreadable(Exception):
    """A document was refused. `name` is safe to show, `reason` is a sentence that says what to do."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name
        self.reason = reason


@dataclass(frozen=True)
class Taken:
    """A document that was read and kept. `size` is in bytes; `pages` is None where the format has none."""

    sha256: str
    media_type: str
    size: int
    pages: int | None
    name: str


def take(
    store: FileStore,
    settings: Settings,
    name: str,
    content: bytes,
    turn: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Taken:
    """Recognize, open and keep `content`, which a client sent under `name`; it is opened within `turn`.

    Source: "Draft: until you upload the proof of execution (PoE) document"; what it may be and how large
    is decided here and in the settings. When this returns, the content has reached the disk. Raises
    Unreadable when the document is refused, and OSError when the disk cannot be written.
    """
    shown = safe_name(name)
    _check_size(shown, content, settings.document_bytes_at_most)
    kind = _kind(content)
    if kind is None:
        raise Unreadable(shown, f"{shown} cannot be used: it is {_what_it_is(content)}. {WANTED}")
    with turn():
        found = read(
            kind.code,
            content,
            seconds=settings.document_reading_seconds,
            mebibytes=settings.document_reading_mebibytes,
        )
    if found.problem is not None:
        why = PROBLEMS.get(found.problem, PROBLEMS["damaged"])
        raise Unreadable(shown, f"{shown} cannot be used: {why}")
    named = name_for(name, kind.suffixes)
    return Taken(store.put(content), kind.media_type, len(content), found.pages, named)


def _check_size(name: str, content: bytes, at_most: int) -> None:
    if not content:
        raise Unreadable(name, f"{name} is empty. Check the file on your computer and upload it again.")
    if len(content) > at_most:
        limit, size = at_most / 1_000_000, len(content) / 1_000_000
        raise Unreadable(
            name,
            f"{name} is too large: it has {size:.1f} MB, and a document may have {limit:.3g} MB. "
            "Save it with smaller pictures, or split it, and upload that.",
        )


def _kind(content: bytes) -> Kind | None:
    """Return the type that the very first bytes show.

    A file that is two types at once shows another type first, or is served as the first one only.
    """
    return next((kind for kind in KINDS if content.startswith(kind.magic)), None)


def _what_it_is(content: bytes) -> str:
    for magic, words in _KNOWN_OTHERS:
        if content.startswith(magic):
            return words
    start = _text(content)
    for beginning, words in _MARKUP:
        if start.startswith(beginning):
            return words
    if guess := filetype.guess(content):
        return f"a file of the type {guess.extension.upper()}"
    return "plain text" if start else "of a type that is not known here"


def _text(content: bytes) -> str:
    """Return the beginning of a text in small letters, or "" for what is no text."""
    for encoding in ("utf-8-sig", "utf-16") if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            text = content[:4096].decode(encoding, errors="strict" if len(content) <= 4096 else "ignore")
        except UnicodeDecodeError:
            continue
        if not any(unicodedata.category(letter) == "Cc" and letter not in "\t\n\r\f" for letter in text):
            return text.lstrip().casefold()
    return ""
