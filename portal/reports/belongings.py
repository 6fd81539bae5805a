"""What belongs to the claims of a report: their products, and what they earned so far."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, select, true

from portal.accounts.model import Organization
from portal.claims.model import Claim, ClaimProduct
from portal.incentives.earning_sums import earned
from portal.incentives.model import EarningLine
from portal.reports.scope import reads_all, reported, tells_earnings
from portal.reports.shapes import Amounts, Asked, Money

WHOLE: ColumnElement[bool] = true()
Owners = Mapping[int, str] | None
Stake = Mapping[int, Amounts] | None


def products_of(asked: Asked, which: ColumnElement[bool] = WHOLE) -> Mapping[int, tuple[str, ...]]:
    """Return the codes of the products of each claim that the report is about and `which` holds for."""
    query = (
        select(ClaimProduct.claim_id, ClaimProduct.product)
        .join(Claim, Claim.id == ClaimProduct.claim_id)
        .where(reported(asked.desk, asked.actor), which)
        .distinct()
        .order_by(ClaimProduct.claim_id, ClaimProduct.product)
    )
    found: dict[int, tuple[str, ...]] = {}
    for claim_id, product in asked.session.execute(query):
        found[claim_id] = (*found.get(claim_id, ()), product)
    return found


def owners_of(asked: Asked, which: ColumnElement[bool] = WHOLE) -> Owners:
    """Return the organization of each such claim by name. None for a partner, who reads of one alone."""
    if not reads_all(asked.desk, asked.actor):
        return None
    query = (
        select(Claim.id, Organization.name)
        .join(Organization, Organization.id == Claim.organization_id)
        .where(reported(asked.desk, asked.actor), which)
    )
    return {row.id: row.name for row in asked.session.execute(query)}


def earned_by(asked: Asked, which: ColumnElement[bool] = WHOLE) -> Stake:
    """Return what each such claim earned so far, in each currency apart.

    None for a reader who may not know.
    """
    if not tells_earnings(asked.desk, asked.actor):
        return None
    query = (
        earned(EarningLine.claim_id).join(EarningLine.claim).where(reported(asked.desk, asked.actor), which)
    )
    found: dict[int, tuple[Money, ...]] = {}
    for claim_id, currency, minor, _ in asked.session.execute(query):
        found[claim_id] = (*found.get(claim_id, ()), Money(minor, currency))
    return {claim_id: Amounts(each) for claim_id, each in found.items()}


def sum_of(amounts: Iterable[Amounts]) -> Amounts:
    """Return what amounts come to in each currency."""
    found = Counter[str]()
    for one in amounts:
        for money in one.each:
            found[money.currency] += money.minor
    return Amounts(tuple(Money(minor, currency) for currency, minor in sorted(found.items())))
