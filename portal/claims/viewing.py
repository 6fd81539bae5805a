"""One page of a claim's document as the viewer shows it: a picture, its text, or why there is neither."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.documents import note_reading
from portal.claims.model import ClaimDocument
from portal.evidence.limits import ReaderBroken
from portal.evidence.previewing import PROBLEMS, NoPreview, has_pictures, has_text, pages_shown

log = logging.getLogger(__name__)

AS_TEXT = "text"  # in an address: the page as its text
PAGES_AROUND = 3  # as many links to pages before and after the one that is shown


@dataclass(frozen=True)
class Sought:
    """What the viewer is asked to show: a page from 1 on, and whether as text."""

    page: int = 1
    as_text: bool = False


@dataclass(frozen=True)
class Viewed:
    """One page of `document`, and the documents beside it. `endpoint` is the route that shows another one.

    Exactly one holds: `size` (of the picture, in pixels), `text`, or `trouble` (a sentence).
    """

    number: str
    documents: tuple[ClaimDocument, ...]
    document: ClaimDocument
    endpoint: str
    page: int
    pages: int  # that can be shown
    as_text: bool
    can_be_picture: bool
    can_be_text: bool
    size: tuple[int, int] | None
    text: str | None
    trouble: str

    @property
    def all_pages(self) -> int:
        return self.document.file.pages or 1

    @property
    def near(self) -> list[int]:
        """The pages that have a link of their own: the first, the last, and those around this one."""
        around = range(self.page - PAGES_AROUND, self.page + PAGES_AROUND + 1)
        return sorted({1, self.pages, *(page for page in around if 1 <= page <= self.pages)})

    @property
    def place(self) -> int:
        """Which of `documents` it is, from 1; 0 for one that is none of them, such as an old version."""
        return next((at for at, row in enumerate(self.documents, 1) if row.id == self.document.id), 0)


def viewed(
    desk: Desk,
    document: ClaimDocument,
    documents: Sequence[ClaimDocument],
    actor: Actor,
    endpoint: str,
    sought: Sought,
) -> Viewed:
    """Return the page that was asked for, or the nearest there is; drawn now where nobody saw it before.

    Text is handed over with it, so that its reading is recorded here; a picture's is when it is fetched.
    """
    file = document.file
    pages = pages_shown(file)
    page = max(1, min(sought.page, pages))
    as_text = (sought.as_text and has_text(file)) or not has_pictures(file)
    size, text, trouble = None, None, ""
    try:
        if as_text:
            text = desk.previews.text(file, page, actor.key)
        else:
            picture = desk.previews.picture(file, page, actor.key)
            size = picture.width, picture.height
    except NoPreview as reason:
        trouble = str(reason)
    except ReaderBroken:
        # What else the page is for, such as deciding the claim, needs no picture.
        log.exception("no page of a document can be drawn here")
        trouble = PROBLEMS["broken"]
    if text is not None:
        note_reading(desk, document, actor, page=True)
    return Viewed(
        number=document.claim.number,
        documents=tuple(documents),
        document=document,
        endpoint=endpoint,
        page=page,
        pages=pages,
        as_text=as_text,
        can_be_picture=has_pictures(file),
        can_be_text=has_text(file),
        size=size,
        text=text,
        trouble=trouble,
    )
