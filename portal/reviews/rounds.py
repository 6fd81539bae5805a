"""The rounds of a claim as reviewers read them: what each submission changed, and what it brought."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.claims.model import Claim, ClaimDocument
from portal.languages.sentences import gettext
from portal.rulebook.rulebook import Rulebook


@dataclass(frozen=True)
class Round:
    """One submission: when, what differs from the round before it, and the documents it brought."""

    number: int
    at: datetime
    changed: tuple[str, ...]
    documents: tuple[ClaimDocument, ...]


def first_rounds_of(claim: Claim) -> dict[int, int | None]:
    """Return by a document's id the round whose submission held it first, None where none did."""
    held = [
        (row.round, row.at, {sha256 for sha256, _ in row.content.get("documents", [])})
        for row in claim.submissions
    ]
    return {
        document.id: next(
            (number for number, at, hashes in held if document.added_at <= at and document.sha256 in hashes),
            None,
        )
        for document in claim.documents
    }


def brought_in_words(claim: Claim, document: ClaimDocument, first: int | None) -> str:
    if first is not None:
        return gettext("round %(number)s", number=first)
    last = claim.submissions[-1] if claim.submissions else None
    # What came after the last submission was brought by a dispute, or waits for the next submission.
    if last and document.round >= last.round:
        return gettext("after round %(number)s", number=last.round)
    return gettext("never submitted")


def rounds_of(claim: Claim, rulebook: Rulebook, first_rounds: Mapping[int, int | None]) -> list[Round]:
    """Return the submissions, newest first, each with the field groups that changed since the one before."""
    groups = rulebook.lifecycle.field_groups.values()
    shown: list[Round] = []
    earlier: Mapping[str, object] = {}
    for row in claim.submissions:
        names = [g.label for g in groups if any(row.content.get(f) != earlier.get(f) for f in g.fields)]
        new = tuple(document for document in claim.documents if first_rounds[document.id] == row.round)
        shown.append(Round(row.round, row.at, tuple(names) if earlier else (), new))
        earlier = row.content
    return shown[::-1]
