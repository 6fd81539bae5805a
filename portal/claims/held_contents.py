"""The contents that claims hold, and what becomes of those that no claim holds any more."""

import logging
from collections.abc import Iterable

from portal.claims.desk import Desk
from portal.claims.model import Claim, ClaimDocument
from portal.evidence.discarding import Held, discard, sweep_contents
from portal.imports.model import Import

log = logging.getLogger(__name__)

# What keeps a content: a document of a claim, and the file of an import.
HELD: Held = (ClaimDocument.sha256, Import.sha256)


def contents_of(claim: Claim) -> frozenset[str]:
    """Return the SHA-256 of every document of the claim, replaced and withdrawn ones too."""
    return frozenset(document.sha256 for document in claim.documents)


def let_go(desk: Desk, contents: Iterable[str]) -> None:
    """Delete each of `contents` (SHA-256) at once, unless something else holds it.

    What cannot be deleted now is left to the sweep: the action that let go of it has been committed.
    """
    for sha256 in contents:
        try:
            if discard(desk.files, sha256, HELD, desk.clock.now()):
                desk.previews.kept.forget(sha256)
        except Exception:
            log.exception("a document's content could not be deleted; the sweep tries it again")


def sweep_documents(desk: Desk) -> int:
    """Delete the contents that nothing holds, apart from those of the last day; return how many.

    Drawn pages of contents that are gone go too, also those that were being drawn meanwhile.
    """
    discarded = sweep_contents(desk.files, HELD, desk.clock.now())
    desk.previews.kept.clear_up(desk.files)
    return discarded
