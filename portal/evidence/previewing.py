"""Pages of kept documents as pictures and as text, drawn once under limits, or a sentence why not."""

from dataclasses import dataclass, field

from portal.evidence.drawing import PNG
from portal.evidence.intake import KINDS, Kind
from portal.evidence.limits import Drawn, draw, size_of
from portal.evidence.model import StoredFile
from portal.evidence.preview_store import PROBLEM, PreviewStore
from portal.evidence.store import FileStore
from portal.evidence.turns import Busy, Turns
from portal.languages.sentences import lazy_gettext
from portal.settings import Settings

# A proof is a letter or a report of some pages; whoever reads further opens the document itself.
PAGES_SHOWN_AT_MOST = 100
# A page of a scan is drawn within a second; somebody waits for it at the screen.
SECONDS = 8
TEXT_ALONE = "docx"  # the kind of `intake.KINDS` that has no pages of its own
PROBLEMS = {
    "takes_too_long": lazy_gettext("This page takes too long to draw. Open the document itself to read it."),
    "needs_too_much": lazy_gettext(
        "This page needs more memory than may be used to draw it. Open the document itself to read it."
    ),
    "busy": lazy_gettext(
        "Many documents are being drawn at the moment. Load this page again in a few seconds."
    ),
    "broken": lazy_gettext("No page can be shown here at the moment. Open the document itself to read it."),
    "gone": lazy_gettext(
        "The document is not on the disk at the moment. Try later, or tell whoever runs the portal."
    ),
}
NOT_SHOWN = lazy_gettext("This page cannot be shown here. Open the document itself to read it.")

# Three of the eight threads that answer everybody by default; somebody waits for a page at the screen.
_turns = Turns(places=3, seconds=10.0)


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

    def picture(self, file: StoredFile, page: int, whose: str) -> Picture:
        """Return page `page` (from 1) of the document, drawn in a turn of the person `whose`.

        Raises NoPreview, and ReaderBroken as `draw` does.
        """
        content = self._drawn(file, page, whose, as_text=False)
        return Picture(content, *size_of(content))

    def text(self, file: StoredFile, page: int, whose: str) -> str:
        """Return the text of a page, or of all of a document without pages. Raises as `picture` does."""
        return self._drawn(file, page, whose, as_text=True).decode()

    def _drawn(self, file: StoredFile, page: int, whose: str, *, as_text: bool) -> bytes:
        name = f"{page}.{'txt' if as_text else 'png'}"
        if (kept := self.kept.get(file.sha256, name)) is not None and (as_text or kept.startswith(PNG)):
            return kept
        if (problem := self.kept.get(file.sha256, name + PROBLEM)) is not None:
            raise NoPreview(str(PROBLEMS.get(problem.decode(errors="replace"), NOT_SHOWN)))
        try:
            with _turns.place(whose), _turns.turn():
                drawn = self._draw(file, page, as_text=as_text)
        except Busy:
            raise NoPreview(str(PROBLEMS["busy"])) from None
        if drawn.problem is not None:
            self.kept.put(file.sha256, name + PROBLEM, drawn.problem.encode())
            raise NoPreview(str(PROBLEMS.get(drawn.problem, NOT_SHOWN)))
        content = (drawn.text or "").encode(errors="replace") if as_text else drawn.picture
        self.kept.put(file.sha256, name, content)
        return content

    def _draw(self, file: StoredFile, page: int, *, as_text: bool) -> Drawn:
        try:
            with self.files.open(file.sha256) as opened:
                content = opened.read()
        except FileNotFoundError:
            raise NoPreview(str(PROBLEMS["gone"])) from None
        return draw(
            kind_of(file).code,
            content,
            page,
            as_text=as_text,
            seconds=min(SECONDS, self.settings.document_reading_seconds),
            mebibytes=self.settings.document_reading_mebibytes,
        )


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
