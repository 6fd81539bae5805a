"""Keeps what the lines of each organization come to, as imports let lines count or take them back."""

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.orm import Session

from portal.incentives.model import EarningLine, EarningSum

GROUPS = ("organization_id", "month", "engagement", "product", "payment_status", "currency")


def sum_up(session: Session, changed: ColumnElement[bool]) -> None:
    """Sum up anew what belongs to the organizations of the lines that fulfil `changed`.

    Whole and not by what was added, so that no mistake of an earlier time can stay in a sum. Imports of
    one kind come into use one after the other (`importer.locked`), and so do these.
    """
    touched = list(session.scalars(select(EarningLine.organization_id).where(changed).distinct()))
    session.execute(delete(EarningSum).where(EarningSum.organization_id.in_(touched)))
    groups = [getattr(EarningLine, name) for name in GROUPS]
    sums = (
        select(*groups, func.sum(EarningLine.amount), func.count())
        .where(EarningLine.live, EarningLine.organization_id.in_(touched))
        .group_by(*groups)
    )
    session.execute(insert(EarningSum).from_select([*GROUPS, "amount", "lines"], sums))
