"""What belongs to the claims of a report: their products, and what they earned so far."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, func, select, true

from portal.claims.model import Claim, ClaimProduct
from portal.incentives.model import EarningLine
from portal.reports.scope import reported, tells_earnings
from portal.reports.shapes import Amounts, Asked, Money

WHOLE: ColumnElement[bool] = true()
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


def earned_by(asked: Asked, which: ColumnElement[bool] = WHOLE) -> Stake:
    """Return what each such claim earned so far, in each currency apart, most lines first.

    None for a reader who may not know.
    """
    if not tells_earnings(asked.desk, asked.actor):
        return None
    query = (
        select(EarningLine.claim_id, EarningLine.currency, func.sum(EarningLine.amount))
        .join(Claim, Claim.id == EarningLine.claim_id)
        .where(EarningLine.live, reported(asked.desk, asked.actor), which)
        .group_by(EarningLine.claim_id, EarningLine.currency)
        .order_by(func.count().desc(), EarningLine.currency)
    )
    found: dict[int, Amounts] = {}
    for claim_id, currency, minor in asked.session.execute(query):
        before = found.get(claim_id, Amounts()).each
        found[claim_id] = Amounts((*before, Money(int(minor), currency)))
    return found
