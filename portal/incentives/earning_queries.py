"""Lines of earnings as one person may see them: those of the claims that they may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Executable,
    Select,
    cast,
    func,
    select,
    union_all,
)
from sqlalchemy.orm import Session, contains_eager, joinedload

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.claims.queries import visible_to
from portal.customers.model import Customer
from portal.incentives.earning_filters import Wanted
from portal.incentives.earning_search import Search
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


def sums(session: Session, desk: Desk, actor: Actor, wanted: Wanted, search: Search | None) -> list[Sum]:
    """Return what the lines that the filters leave come to, never added across currencies.

    What is searched for has two sums of a month where it finds claims and also lines by themselves.
    """
    if search:
        query: Executable = _of_search(desk, actor, wanted, search)
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


def _of_claims(
    desk: Desk, actor: Actor, wanted: Wanted, *which: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    """Return the select of the sums of the claims that the actor may see, wherever these belong by now.

    Where `which` is given, of those that it holds for.
    """
    kept = EarningClaimSum
    groups = kept.month, kept.engagement, kept.product, kept.payment_status, kept.currency
    amount = cast(func.sum(kept.amount), BigInteger)  # PostgreSQL makes a decimal of a sum
    query = select(*groups, amount, func.sum(kept.lines)).join(Claim, Claim.id == kept.claim_id)
    own = kept.organization_id == actor.organization_id
    return query.where(own, visible_to(desk, actor), *which, *wanted.compared(kept)).group_by(*groups)


def _of_search(desk: Desk, actor: Actor, wanted: Wanted, search: Search) -> CompoundSelect[*tuple[Any, ...]]:
    """Return the selects of the kept sums of the claims found, and of the lines found by themselves."""
    line = EarningLine
    of_claims = _of_claims(desk, actor, wanted, EarningClaimSum.claim_id.in_(search.claims))
    alone = earned(line.month, line.engagement, line.product, line.payment_status).order_by(None)
    alone = alone.where(search.found_alone(), *_among_found(desk, actor), *wanted.compared(line))
    return union_all(of_claims, alone)


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


def _among_found(desk: Desk, actor: Actor) -> Sequence[ColumnElement[bool]]:
    """Return the conditions of the own organization's lines that the actor may see, asked of each of them.

    Joined to claims, the lines found would be looked for among all those of the claims that may be seen.
    """
    if actor.location_ids is None:
        return ()
    claim = select(Claim.id).where(Claim.id == EarningLine.claim_id, visible_to(desk, actor))
    return (claim.correlate(EarningLine).exists(),)


def search_of(session: Session, desk: Desk, actor: Actor, wanted: Wanted) -> Search | None:
    """Return what is searched for, None where nothing is."""
    return Search.begun(session, desk, actor, wanted.q) if wanted.q else None


def page_of(
    session: Session, desk: Desk, actor: Actor, wanted: Wanted, search: Search | None, size: int
) -> Page[EarningLine]:
    """Return at most `size` lines with their claims. Raises NoSuchPlace as `paging.page_of` does."""
    ids = select(EarningLine.id).where(*_shown(desk, actor, wanted, search))
    if actor.location_ids is not None and not search:
        ids = ids.join(EarningLine.claim)
    page = paged(session, ids, ORDER, size, after=wanted.after, before=wanted.before)
    lines = _lines(session, [line_id for (line_id,) in page.rows])
    return Page([(lines[line_id],) for (line_id,) in page.rows], after=page.after, before=page.before)


def lines_of(session: Session, desk: Desk, actor: Actor, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """Return the select of every line that the filters leave, in order: its columns, `number` and `name`.

    Without the claims and customers as objects, which a file of a hundred thousand lines has no use for.
    """
    columns = (column for column in EarningLine.__table__.columns if column.name != "said")
    return (
        select(*columns, Claim.number, Customer.name)
        .join(Claim, Claim.id == EarningLine.claim_id)
        .outerjoin(Customer, Customer.id == Claim.customer_id)
        .where(*_shown(desk, actor, wanted, search_of(session, desk, actor, wanted)))
        .order_by(*ORDER.clauses())
    )


def _shown(
    desk: Desk, actor: Actor, wanted: Wanted, search: Search | None
) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the lines that the filters leave."""
    live, others = EarningLine.live.expression, wanted.compared(EarningLine)
    if search:
        return live, search.found(), *_among_found(desk, actor), *others
    return live, *_own(desk, actor), *others


def _lines(session: Session, ids: Sequence[int]) -> Mapping[int, EarningLine]:
    """Return lines with their claims, which are loaded of those shown alone, after all were put in order."""
    query = (
        select(EarningLine)
        .join(EarningLine.claim)
        .options(contains_eager(EarningLine.claim).options(joinedload(Claim.customer)))
        .where(EarningLine.id.in_(ids))
    )
    return {line.id: line for line in session.scalars(query).unique()}
