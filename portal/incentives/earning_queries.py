"""Lines of earnings as one person may see them: those of the claims that they may see."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from portal.accounts.actor import Actor
from portal.claims import cursors
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.claims.queries import visible_to
from portal.incentives.earning_filters import Wanted
from portal.incentives.model import EarningLine

SORT = "-month"


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


def sums_with(
    session: Session, desk: Desk, actor: Actor, customer_id: int
) -> tuple[tuple[str, int, int], ...]:
    """Return what the claims for one customer earned: currency, amount in its smallest unit, lines."""
    query = (
        select(EarningLine.currency, func.sum(EarningLine.amount), func.count())
        .join(Claim, Claim.id == EarningLine.claim_id)
        .where(EarningLine.live, Claim.customer_id == customer_id, *_own(desk, actor))
        .group_by(EarningLine.currency)
        .order_by(EarningLine.currency)
    )
    return tuple((row[0], int(row[1]), row[2]) for row in session.execute(query))


def _own(desk: Desk, actor: Actor) -> Sequence[ColumnElement[bool]]:
    """Return the conditions of the lines that the actor may see.

    Whoever is restricted to locations sees the lines of the claims of these alone, so the claim is asked.
    """
    own = EarningLine.organization_id == actor.organization_id
    return (own,) if actor.location_ids is None else (own, visible_to(desk, actor))


def page_of(
    session: Session, desk: Desk, actor: Actor, wanted: Wanted, size: int
) -> tuple[list[EarningLine], str, str]:
    """Return at most `size` lines with their claims, the newest month first, and a cursor for each way on.

    The cursors are "" where the list ends. Raises cursors.NoSuchPlace for a place that it never named.
    """
    month, row_id, backwards = EarningLine.month.expression, EarningLine.id, bool(wanted.before)
    query = _visible(desk, actor, wanted)
    if cursor := wanted.before or wanted.after:
        place = cursors.read(cursor, SORT, str)
        query = query.where(cursors.beyond(month, row_id, place, descending=True, backwards=backwards))
    ordered = query.order_by(*cursors.ordering(month, row_id, descending=True, backwards=backwards))
    found = list(session.scalars(ordered.limit(size + 1)))
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    ends = [cursors.written(SORT, cursors.Place(line.month, line.id)) for line in found]
    has_after, has_before = (backwards or more), (more if backwards else bool(cursor))
    return found, ends[-1] if ends and has_after else "", ends[0] if ends and has_before else ""


def lines_of(desk: Desk, actor: Actor, wanted: Wanted) -> Select[EarningLine]:
    """Return the select of every line that the filters leave, the newest month first."""
    month = EarningLine.month.expression
    ordering = cursors.ordering(month, EarningLine.id, descending=True, backwards=False)
    return _visible(desk, actor, wanted).order_by(*ordering)


def _visible(desk: Desk, actor: Actor, wanted: Wanted) -> Select[EarningLine]:
    return (
        select(EarningLine)
        .join(EarningLine.claim)
        .options(contains_eager(EarningLine.claim).options(joinedload(Claim.customer)))
        .where(EarningLine.live, *_own(desk, actor), *wanted.conditions())
    )
