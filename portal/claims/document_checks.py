"""Checks that documents can be added to a claim: none it has already, and no more than it may hold."""

from portal.claims.model import Claim
from portal.evidence.intake import Taken
from portal.languages.sentences import gettext

FIELD = "document"  # where the forms show what is wrong with documents


def documents_mistake(
    claim: Claim, taken: tuple[Taken, ...], at_most: int, *, replacing: bool = False
) -> str | None:
    """Return why `taken` cannot be added to the claim's current documents, or None.

    With `replacing` one of the current documents makes room for them.
    """
    current = [document for document in claim.documents if document.current]
    hashes = {document.sha256: document.name for document in current}
    added = once(taken)
    for file in added:
        if file.sha256 in hashes:
            return gettext(
                "%(name)s is the same file as %(other)s; choose a different one.",
                name=file.name,
                other=hashes[file.sha256],
            )
    if added and len(current) + len(added) - replacing > at_most:
        return gettext(
            "A claim holds at most %(most)s documents; withdraw one or join files, then upload again.",
            most=at_most,
        )
    return None


def once(taken: tuple[Taken, ...]) -> tuple[Taken, ...]:
    """Return each content of a form once, under its first name: chosen twice, it is one document."""
    first: dict[str, Taken] = {}
    for file in taken:
        first.setdefault(file.sha256, file)
    return tuple(first.values())
