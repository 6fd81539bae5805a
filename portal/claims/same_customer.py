"""What an organization has for the customer of a draft already, told before somebody works for nothing."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.claims.queries import visible_to

OTHERS_AT_MOST = 5  # more say nothing more; the list of claims has them all


@dataclass(frozen=True)
class OtherClaim:
    """Another claim for the same customer, in the words of its own policy version."""

    number: str
    status_label: str
    tone: str
    products: tuple[str, ...]


def other_claims(
    session: Session, desk: Desk, claim: Claim, actor: Actor
) -> tuple[tuple[OtherClaim, ...], bool]:
    """Return the claims that `actor` may see for the customer of `claim` and that are not closed.

    The latest come first, at most OTHERS_AT_MOST of them; the second value tells whether there are more.
    """
    if claim.customer_id is None:
        return (), False
    query = (
        select(Claim)
        .where(visible_to(desk, actor), Claim.customer_id == claim.customer_id)
        .where(Claim.id != claim.id, ~Claim.closed)
        .options(selectinload(Claim.products))
        .order_by(Claim.changed_at.desc(), Claim.id.desc())
        .limit(OTHERS_AT_MOST + 1)
    )
    found = [_in_words(desk, row) for row in session.scalars(query)]
    return tuple(found[:OTHERS_AT_MOST]), len(found) > OTHERS_AT_MOST


def _in_words(desk: Desk, claim: Claim) -> OtherClaim:
    rulebook = desk.rulebook_of(claim)
    status, label = rulebook.statuses[claim.status], rulebook.programs.product_label
    return OtherClaim(
        claim.number, status.label, status.tone, tuple(label(row.product) for row in claim.products)
    )
