"""What somebody who judges a decision a second time sees: the claim as it stood, and nothing of the decision.

Everything comes from what was kept when the decision was drawn. People of the operator have no names here,
for whoever asked the partner or wrote comments most likely decided as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.blindness import documents_shown, earlier_documents_shown
from portal.claims.content import PRODUCTS
from portal.claims.desk import Desk
from portal.claims.differences import differences
from portal.claims.model import Claim, ClaimDocument
from portal.claims.threads import Written
from portal.claims.timeline import OPERATOR, REVIEW_TEAM
from portal.claims.viewing import Viewed, viewed
from portal.reviews.judging import kept_from_judging
from portal.reviews.rounds import Round, brought_in_words, first_rounds_of, rounds_of
from portal.reviews.showing import Looking
from portal.rulebook.program_models import PoeElement
from portal.rulebook.rulebook import Rulebook
from portal.second_reviews.model import SecondReview

PAGE = "second_reviews.second_review"  # the route of the page


@dataclass(frozen=True)
class AskedFor:
    """A request for information that the partner had answered."""

    at: datetime
    reasons: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class SecondShown:
    """The page. `kept_from` says why its reader may not judge now, "" where they may."""

    id: int
    number: str
    organization: str
    customer: str
    status_label: str
    tone: str
    stood_at: datetime
    round: int
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    elements: tuple[PoeElement, ...]
    documents: tuple[ClaimDocument, ...]
    earlier_documents: tuple[ClaimDocument, ...]
    brought: Mapping[int, str]
    rounds: tuple[Round, ...]
    requests: tuple[AskedFor, ...]
    comments: tuple[Written, ...]
    justification: str
    rejected_because: tuple[str, ...]
    rejection_text: str
    agreed_at: datetime | None
    declined_at: datetime | None
    viewer: Viewed | None
    kept_from: str


def second_shown(
    session: Session,
    desk: Desk,
    review: SecondReview,
    actor: Actor,
    looking: Looking,
) -> SecondShown:
    """Return the page of a decision that `actor` is asked to judge."""
    claim = session.get_one(Claim, review.claim_id)
    rulebook, stood = desk.rulebook_of(claim), review.shown
    documents, earlier = documents_shown(session, review), earlier_documents_shown(session, review)
    first_rounds = first_rounds_of(claim)
    status = rulebook.statuses[review.from_status]
    reasons = rulebook.reasons.rejection_reasons
    return SecondShown(
        id=review.id,
        number=claim.number,
        organization=claim.organization.name,
        customer=(stood["content"]["customer"] or [""])[0],
        status_label=status.label,
        tone=status.tone,
        stood_at=review.decided_at,
        round=stood["round"],
        facts=_facts(rulebook, stood["content"]),
        elements=rulebook.programs.poe_elements_of(stood["content"]["activity"]),
        documents=tuple(documents),
        earlier_documents=tuple(earlier),
        brought={
            row.id: brought_in_words(claim, row, first_rounds[row.id]) for row in [*documents, *earlier]
        },
        rounds=_rounds(claim, rulebook, first_rounds, stood),
        requests=_requests(claim, rulebook, stood),
        comments=_comments(claim, stood),
        justification=stood["justification"],
        rejected_because=tuple(reasons[code].label for code in stood["rejection_reasons"] if code in reasons),
        rejection_text=stood["rejection_text"],
        agreed_at=_moment(stood["agreed_at"]),
        declined_at=_moment(stood["declined_at"]),
        viewer=_viewer(desk, documents, earlier, actor, looking),
        kept_from=kept_from_judging(session, desk, claim, actor),
    )


def _facts(rulebook: Rulebook, content: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return every field that says something, with its name; documents stand by themselves."""
    blank = {**dict.fromkeys(content), PRODUCTS: [], "documents": content["documents"]}
    return tuple((row.label, row.came) for row in differences(rulebook, blank, content) if row.came)


def _rounds(
    claim: Claim, rulebook: Rulebook, first_rounds: Mapping[int, int | None], stood: Mapping[str, Any]
) -> tuple[Round, ...]:
    rounds = rounds_of(claim, rulebook, first_rounds)
    return tuple(row for row in rounds if row.number <= stood["round"])


def _requests(claim: Claim, rulebook: Rulebook, stood: Mapping[str, Any]) -> tuple[AskedFor, ...]:
    known = rulebook.reasons.information_reasons
    return tuple(
        AskedFor(row.at, tuple(known[code].label for code in row.reasons if code in known), row.message)
        for row in reversed(claim.requests)
        if row.id in stood["requests"]
    )


def _comments(claim: Claim, stood: Mapping[str, Any]) -> tuple[Written, ...]:
    return tuple(
        Written(
            row.id,
            str(REVIEW_TEAM) if row.side == OPERATOR else row.person.name,
            row.side == OPERATOR,
            row.text,
            row.at,
        )
        for row in claim.comments
        if row.id in stood["comments"]
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _viewer(
    desk: Desk,
    documents: Sequence[ClaimDocument],
    earlier: Sequence[ClaimDocument],
    actor: Actor,
    looking: Looking,
) -> Viewed | None:
    known = [*documents, *earlier]
    wanted = next((row for row in known if row.id == looking.document_id), None)
    # What came last is read first, as on the page of a review.
    document = wanted or next(reversed(documents), None)
    return viewed(desk, document, documents, actor, PAGE, looking.sought) if document else None
