"""Pages of kept documents as pictures and as text, drawn once under limits, or a sentence why not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from portal.evidence.drawing import PNG
from portal.evidence.intake import KINDS, Kind
from portal.evidence.limits import Drawn, draw, size_of
from portal.evidence.model import StoredFile
from portal.evidence.preview_store import PROBLEM, PreviewStore
from portal.evidence.store import FileStore
from portal.settings import Settings

# A proof is a letter or a report of some pages; whoever reads further opens the document itself.
PAGES_SHOWN_AT_MOST = 100
# A page of a scan is drawn within a second; somebody waits for it at the screen.
SECONDS = 8
# Drawing takes a processor and up to a gibibyte each; further readers wait their turn, but not for ever.
DRAWN_AT_ONCE = 2
TURN_SECONDS = 10.0
# Each who waits holds one of the threads that answer everybody, of which there are eight by default.
WAITING_AT_MOST = 2

TEXT_ALONE = "docx"  # the kind of `intake.KINDS` that has no pages of its own
OPEN_IT = "Open the document itself to read it."
PROBLEMS = {
    "takes_too_long": f"This page takes too long to draw. {OPEN_IT}",
    "needs_too_much": f"This page needs more memory than may be used to draw it. {OPEN_IT}",
    "busy": "Many documents are being drawn at the moment. Load this page again in a few seconds.",
    "broken": f"No page can be shown here at the moment. {OPEN_IT}",
    "gone": "The document is not on the disk at the moment. Try later, or tell whoever runs the portal.",
}
NOT_SHOWN = f"This page cannot be shown here. {OPEN_IT}"

_turns = threading.BoundedSemaphore(DRAWN_AT_ONCE)
_places = threading.BoundedSemaphore(DRAWN_AT_ONCE + WAITING_AT_MOST)


@dataclass(frozen=True)
class Picture:
    """One page as a PNG, with its size in pixels."""

    content: bytes = field(repr=False)
    width: int
    height: int


class NoPreview(Exception):
    """A page cannot be shown; the message is a sentence that says why and what to do."""


@dataclass(frozen=True)
class Previews:
    """What pages are drawn with: where documents lie, where drawn pages are kept, and the limits."""

    files: FileStore
    kept: PreviewStore
    settings: Settings

    def picture(self, file: StoredFile, page: int) -> Picture:
        """Return page `page` (from 1) of the document. Raises NoPreview, and ReaderBroken as `draw` does."""
        content = self._drawn(file, page, as_text=False)
        return Picture(content, *size_of(content))

    def text(self, file: StoredFile, page: int) -> str:
        """Return the text of a page, or of all of a document without pages. Raises as `picture` does."""
        return self._drawn(file, page, as_text=True).decode()

    def _drawn(self, file: StoredFile, page: int, *, as_text: bool) -> bytes:
        name = f"{page}.{'txt' if as_text else 'png'}"
        if (kept := self.kept.get(file.sha256, name)) is not None and (as_text or kept.startswith(PNG)):
            return kept
        if (problem := self.kept.get(file.sha256, name + PROBLEM)) is not None:
            raise NoPreview(PROBLEMS.get(problem.decode(errors="replace"), NOT_SHOWN))
        drawn = self._draw(file, page, as_text=as_text)
        if drawn.problem is not None:
            self.kept.put(file.sha256, name + PROBLEM, drawn.problem.encode())
            raise NoPreview(PROBLEMS.get(drawn.problem, NOT_SHOWN))
        content = (drawn.text or "").encode(errors="replace") if as_text else drawn.picture
        self.kept.put(file.sha256, name, content)
        return content

    def _draw(self, file: StoredFile, page: int, *, as_text: bool) -> Drawn:
        with _turn():
            try:
                with self.files.open(file.sha256) as opened:
                    content = opened.read()
            except FileNotFoundError:
                raise NoPreview(PROBLEMS["gone"]) from None
            return draw(
                kind_of(file).code,
                content,
                page,
                as_text=as_text,
                seconds=min(SECONDS, self.settings.document_reading_seconds),
                mebibytes=self.settings.document_reading_mebibytes,
            )


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for a turn to draw. Raises NoPreview where as many wait already as may, and after TURN_SECONDS."""
    if not _places.acquire(blocking=False):
        raise NoPreview(PROBLEMS["busy"])
    try:
        if not _turns.acquire(timeout=TURN_SECONDS):
            raise NoPreview(PROBLEMS["busy"])
        try:
            yield
        finally:
            _turns.release()
    finally:
        _places.release()


def kind_of(file: StoredFile) -> Kind:
    """Return the kind that the document was taken as."""
    return next(kind for kind in KINDS if kind.media_type == file.media_type)


def pages_shown(file: StoredFile) -> int:
    """Return how many pages can be shown: 1 for a document without pages, which is shown as text."""
    return min(file.pages or 1, PAGES_SHOWN_AT_MOST)


def has_pictures(file: StoredFile) -> bool:
    """Tell whether its pages are drawn; the others are shown as text alone."""
    return kind_of(file).code != TEXT_ALONE


def has_text(file: StoredFile) -> bool:
    """Tell whether its pages can be read as text; a photograph has none."""
    return not kind_of(file).media_type.startswith("image/")
