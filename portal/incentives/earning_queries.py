"""Lines of earnings as one person may see them: those of the claims that they may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, cast, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.claims.queries import visible_to
from portal.customers.model import Customer
from portal.incentives.earning_filters import Wanted
from portal.incentives.earning_sums import earned, sums_of
from portal.incentives.model import EarningClaimSum, EarningLine, EarningSum
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
    if wanted.q:  # which lines it leaves no sum says
        query = _of_lines(desk, actor, wanted)
    elif actor.location_ids is None:
        query = _of_sums(actor, wanted)
    else:
        query = _of_claims(desk, actor, wanted)
    return [Sum(*row) for row in session.execute(query)]


def _of_sums(actor: Actor, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    kept = EarningSum
    groups = kept.month, kept.engagement, kept.product, kept.payment_status, kept.currency
    query = select(*groups, kept.amount, kept.lines).where(kept.organization_id == actor.organization_id)
    return query.where(*wanted.compared(kept)).order_by(*groups)


def _of_claims(desk: Desk, actor: Actor, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """Return the select of the sums of the claims that the actor may see, wherever these belong by now."""
    kept = EarningClaimSum
    groups = kept.month, kept.engagement, kept.product, kept.payment_status, kept.currency
    amount = cast(func.sum(kept.amount), BigInteger)  # PostgreSQL makes a decimal of a sum
    query = select(*groups, amount, func.sum(kept.lines)).join(Claim, Claim.id == kept.claim_id)
    own = kept.organization_id == actor.organization_id
    return query.where(own, visible_to(desk, actor), *wanted.compared(kept)).group_by(*groups)


def _of_lines(desk: Desk, actor: Actor, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    line = EarningLine
    query = earned(line.month, line.engagement, line.product, line.payment_status).join(line.claim)
    return query.where(*_own(desk, actor), *wanted.conditions())


def sums_with(
    session: Session, desk: Desk, actor: Actor, customer_id: int
) -> tuple[tuple[str, int, int], ...]:
    """Return what the claims for one customer earned: currency, amount in its smallest unit, lines."""
    return sums_of(session, Claim.customer_id == customer_id, *_own(desk, actor))


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


def lines_of(desk: Desk, actor: Actor, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """Return the select of every line that the filters leave, in order: its columns, `number` and `name`.

    Without the claims and customers as objects, which a file of a hundred thousand lines has no use for.
    """
    columns = (column for column in EarningLine.__table__.columns if column.name != "said")
    return (
        select(*columns, Claim.number, Customer.name)
        .join(Claim, Claim.id == EarningLine.claim_id)
        .outerjoin(Customer, Customer.id == Claim.customer_id)
        .where(EarningLine.live, *_own(desk, actor), *wanted.conditions())
        .order_by(*ORDER.clauses())
    )


def _visible(desk: Desk, actor: Actor, wanted: Wanted) -> Select[EarningLine]:
    return (
        select(EarningLine)
        .join(EarningLine.claim)
        .options(contains_eager(EarningLine.claim).options(joinedload(Claim.customer)))
        .where(EarningLine.live, *_own(desk, actor), *wanted.conditions())
    )
