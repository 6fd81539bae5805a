"""Lines of earnings as one person may see them: those of the claims that they may see."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.claims.queries import visible_to
from portal.incentives.earning_filters import Wanted
from portal.incentives.model import EarningLine
from portal.paging import Order, Page
from portal.paging import page_of as paged

# The newest month first.
ORDER = Order("-month", EarningLine.month.expression, EarningLine.id, str, descending=True, always=True)


@dataclass(frozen=True)
class Sum:
    """What lines of one month, engagement, product, status and currency come to, in its smallest unit."""

    month: str
    engagement: str
    product: str
    status: str
    currency: str
    amount: int
    lines: int


def sums(session: Session, desk: Desk, actor: Actor, wanted: Wanted) -> list[Sum]:
    """Return what the lines that the filters leave come to, never added across currencies."""
    groups = (
        EarningLine.month,
        EarningLine.engagement,
        EarningLine.product,
        EarningLine.payment_status,
        EarningLine.currency,
    )
    query = select(*groups, func.sum(EarningLine.amount), func.count()).where(EarningLine.live)
    if actor.location_ids is not None or wanted.q:
        query = query.join(Claim, Claim.id == EarningLine.claim_id)
    query = query.where(*_own(desk, actor), *wanted.conditions()).group_by(*groups)
    return [Sum(*row[:-2], int(row[-2]), row[-1]) for row in session.execute(query)]


def _own(desk: Desk, actor: Actor) -> Sequence[ColumnElement[bool]]:
    """Return the conditions of the lines that the actor may see.

    Whoever is restricted to locations sees the lines of the claims of these alone, so the claim is asked.
    """
    own = EarningLine.organization_id == actor.organization_id
    return (own,) if actor.location_ids is None else (own, visible_to(desk, actor))


def page_of(session: Session, desk: Desk, actor: Actor, wanted: Wanted, size: int) -> Page[EarningLine]:
    """Return at most `size` lines with their claims. Raises NoSuchPlace as `paging.page_of` does."""
    visible = _visible(desk, actor, wanted)
    return paged(session, visible, ORDER, size, after=wanted.after, before=wanted.before)


def lines_of(desk: Desk, actor: Actor, wanted: Wanted) -> Select[EarningLine]:
    """Return the select of every line that the filters leave, in order."""
    return _visible(desk, actor, wanted).order_by(*ORDER.clauses())


def _visible(desk: Desk, actor: Actor, wanted: Wanted) -> Select[EarningLine]:
    return (
        select(EarningLine)
        .join(EarningLine.claim)
        .options(contains_eager(EarningLine.claim).options(joinedload(Claim.customer)))
        .where(EarningLine.live, *_own(desk, actor), *wanted.conditions())
    )
