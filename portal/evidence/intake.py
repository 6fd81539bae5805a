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
from portal.languages.sentences import gettext, lazy_gettext
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

# Beginnings that say what somebody uploaded by mistake, or under a wrong name on purpose.
_KNOWN_OTHERS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", lazy_gettext("an old or password-protected Office file")),
    (b"{\\rtf", lazy_gettext("an RTF file")),
)
_MARKUP = (
    ("<!doctype html", lazy_gettext("a web page (HTML)")),  # stays English: how a file begins
    ("<html", lazy_gettext("a web page (HTML)")),
    ("<script", lazy_gettext("a script")),
    ("#!", lazy_gettext("a script")),
    ("<svg", lazy_gettext("an SVG drawing")),
    ("<?xml", lazy_gettext("an XML or SVG file")),
)


def problems() -> dict[str, str]:
    """Return what the limited process finds, by its code, in words: what is so, and what to do about it."""
    again = gettext("Open it on your computer, save it as a new PDF and upload that.")
    return {
        "encrypted": gettext(
            "it is protected with a password. Save a copy without the password and upload that."
        ),
        "cut_off": gettext("its end is missing. Upload it again, or save it once more and upload that."),
        "damaged": gettext("it is damaged. %(again)s", again=again),
        "crashed": gettext(
            "it is damaged or needs more memory than a document may use. %(again)s", again=again
        ),
        "too_many_pages": gettext(
            "it has more than %(pages)s pages. Upload only those that prove the work.", pages=PAGES_AT_MOST
        ),
        "needs_too_much": gettext("it needs more memory than a document may use. %(again)s", again=again),
        "takes_too_long": gettext("it takes too long to open. %(again)s", again=again),
        "unpacks_too_large": gettext("its parts are too large or too many. %(again)s", again=again),
        "not_a_document": gettext(
            "it is an archive or another Office file, not a Word document. %(wanted)s", wanted=_wanted()
        ),
        "macros": gettext(
            "it contains macros. Save it as a Word document without macros (DOCX) and upload that."
        ),
        "too_many_pixels": gettext(
            "the picture has over %(millions)s million pixels. Save it smaller and upload that.",
            millions=PIXELS_AT_MOST // 1_000_000,
        ),
    }


def _wanted() -> str:
    return gettext("Upload a PDF, a Word document (DOCX), a PNG or a JPEG.")


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
        reason = gettext(
            "%(file)s cannot be used: it is %(what)s. %(wanted)s",
            file=shown,
            what=_what_it_is(content),
            wanted=_wanted(),
        )
        raise Unreadable(shown, reason)
    with turn():
        found = read(
            kind.code,
            content,
            seconds=settings.document_reading_seconds,
            mebibytes=settings.document_reading_mebibytes,
        )
    if found.problem is not None:
        known = problems()
        why = known.get(found.problem, known["damaged"])
        raise Unreadable(shown, gettext("%(file)s cannot be used: %(why)s", file=shown, why=why))
    named = name_for(name, kind.suffixes)
    return Taken(store.put(content), kind.media_type, len(content), found.pages, named)


def _check_size(name: str, content: bytes, at_most: int) -> None:
    if not content:
        reason = gettext("%(file)s is empty. Check the file on your computer and upload it again.", file=name)
        raise Unreadable(name, reason)
    if len(content) > at_most:
        limit, size = f"{at_most / 1_000_000:.3g}", f"{len(content) / 1_000_000:.1f}"
        reason = gettext(
            "%(file)s is too large: it has %(size)s MB, and a document may have %(limit)s MB. "
            "Save it with smaller pictures, or split it, and upload that.",
            file=name,
            size=size,
            limit=limit,
        )
        raise Unreadable(name, reason)


def _kind(content: bytes) -> Kind | None:
    """Return the type that the very first bytes show.

    A file that is two types at once shows another type first, or is served as the first one only.
    """
    return next((kind for kind in KINDS if content.startswith(kind.magic)), None)


def _what_it_is(content: bytes) -> str:
    for magic, words in _KNOWN_OTHERS:
        if content.startswith(magic):
            return str(words)
    start = _text(content)
    for beginning, words in _MARKUP:
        if start.startswith(beginning):
            return str(words)
    if guess := filetype.guess(content):
        return gettext("a file of the type %(type)s", type=guess.extension.upper())
    return gettext("plain text") if start else gettext("of a type that is not known here")


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
