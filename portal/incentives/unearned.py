"""Approved claims that earned nothing, each with the reason."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, selectinload

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.eligibility import eligibility_of, what_would_change_it
from portal.claims.explaining import side_of
from portal.claims.model import Association, Claim
from portal.claims.moves import Standing, standing
from portal.claims.queries import visible_claims
from portal.incentives.claim_money import why_nothing
from portal.incentives.model import EarningLine
from portal.paging import NoSuchPlace, Order, page_of
from portal.rulebook.changes import TIME
from portal.rulebook.models import Side
from portal.rulebook.remedies import Remedy

# The last approved first.
ORDER = Order("-status_since", Claim.status_since.expression, Claim.id, datetime, descending=True)


@dataclass(frozen=True)
class Unearned:
    """One claim with its products, its eligibility in words, and why nothing was earned.

    `counts_for` is what an activity that cannot earn is good for, "" for any other. `change` is what would
    bring the eligibility, to a reader of `side`; with `standing` it tells whose move that is and until when.
    """

    claim: Claim
    products: tuple[str, ...]
    activity: str
    eligibility: str
    reasons: tuple[str, ...]
    counts_for: str
    change: Remedy | None
    side: Side
    standing: Standing

    @property
    def waits_for_time(self) -> bool:
        """Tell whether the end of the claim's running time is part of what would change it."""
        return any(one.who == TIME for one in self.change.changes) if self.change else False


@dataclass(frozen=True)
class UnearnedPage:
    """One page of them, the last approved first; `after` is a cursor, "" at the end."""

    claims: tuple[Unearned, ...]
    in_all: int
    after: str


def unearned(session: Session, desk: Desk, actor: Actor, after: str) -> UnearnedPage:
    """Return the page behind the cursor `after`; from the beginning where it is none of this list."""
    query = _without_lines(desk, actor).options(selectinload(Claim.products), selectinload(Claim.clocks))
    size = desk.settings.claims_per_page
    try:
        page = page_of(session, query, ORDER, size, after=after)
    except NoSuchPlace:
        page = page_of(session, query, ORDER, size)
    return UnearnedPage(
        claims=tuple(_shown(session, desk, claim, side_of(actor)) for (claim,) in page.rows),
        in_all=number_of_unearned(session, desk, actor),
        after=page.after,
    )


def number_of_unearned(session: Session, desk: Desk, actor: Actor) -> int:
    """Return how many claims are an association and earned nothing."""
    return session.scalar(select(func.count()).select_from(_without_lines(desk, actor).subquery())) or 0


def _without_lines(desk: Desk, actor: Actor) -> Select[Claim]:
    holds = exists().where(Association.claim_id == Claim.id, Association.ended_at.is_(None))
    earned = exists().where(EarningLine.claim_id == Claim.id, EarningLine.live)
    return visible_claims(desk, actor).where(holds, ~earned)


def _shown(session: Session, desk: Desk, claim: Claim, side: Side) -> Unearned:
    rulebook = desk.rulebook_of(claim)
    activity = rulebook.programs.activities.get(claim.activity or "")
    eligibility, reasons = eligibility_of(session, desk, claim)
    return Unearned(
        claim=claim,
        products=tuple(rulebook.programs.product_label(row.product) for row in claim.products),
        activity=activity.label if activity else "",
        eligibility=eligibility,
        reasons=reasons or why_nothing(session, desk, claim),
        counts_for=activity.counts_for if activity and not activity.can_earn else "",
        change=what_would_change_it(session, desk, claim, side),
        side=side,
        standing=standing(desk, claim),
    )
