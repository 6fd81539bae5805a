"""Claims that somebody chose by their boxes: at most so many, and only those that they may see."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.filters import Wanted
from portal.claims.listing import Row, row_of, whole
from portal.claims.model import Claim, ClaimDocument
from portal.claims.queries import visible_claims, visible_to
from portal.languages.sentences import gettext

# As many as a large page of the list has; each deleted draft is a decision and a transaction of its own.
CHOSEN_AT_MOST = 100


class CannotChoose(Exception):
    """There is nothing to work on, or too much; the message says what to do."""


def chosen_numbers(given: Iterable[str]) -> tuple[str, ...]:
    """Return the numbers, each once, in the order given. Raises CannotChoose for none and for too many."""
    numbers = tuple(dict.fromkeys(number.strip() for number in given if number.strip()))
    if not numbers:
        raise CannotChoose(
            gettext("No claim is chosen. Go back to the list and tick the boxes of the claims you mean.")
        )
    if len(numbers) > CHOSEN_AT_MOST:
        raise CannotChoose(
            gettext(
                "%(number)s claims are chosen, and at most %(most)s can be worked on at once. "
                "Go back to the list and choose fewer.",
                number=len(numbers),
                most=CHOSEN_AT_MOST,
            )
        )
    return numbers


def chosen_rows(session: Session, desk: Desk, actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Return those of the claims that are there for `actor`, by their numbers, as lists show them."""
    shown = visible_claims(desk, actor).where(Claim.number.in_(numbers))
    query = whole(shown).order_by(Claim.number)
    return [row_of(desk, claim) for claim in session.scalars(query).unique()]


def chosen_documents(
    session: Session, desk: Desk, actor: Actor, numbers: Sequence[str]
) -> list[tuple[str, ClaimDocument]]:
    """Return the documents that count for the claims, each with its claim's number, in one query."""
    query = (
        select(Claim.number, ClaimDocument)
        .join(Claim, Claim.id == ClaimDocument.claim_id)
        .where(visible_to(desk, actor), Claim.number.in_(numbers))
        .where(ClaimDocument.replaced_by_id.is_(None), ClaimDocument.withdrawn_at.is_(None))
        .order_by(Claim.number, ClaimDocument.id)
    )
    return [(number, document) for number, document in session.execute(query)]


def only_order(chosen: Wanted) -> Wanted:
    """Return the order of a list without its filters: whoever chose by hand has filtered."""
    return Wanted(sort=chosen.sort)
