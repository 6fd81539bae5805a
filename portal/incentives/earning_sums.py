"""What lines of earnings come to; kept of organizations and claims, as imports let lines count or not."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Float, Select, cast, delete, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.imports.importer import NotNow
from portal.incentives.model import EarningClaimSum, EarningLine, EarningSum
from portal.languages.sentences import gettext

# Databases add whole numbers up to 2 to the power of 63, also on the way to a sum from which much is taken
# off. Half of it leaves room for what is rounded away where it is asked in floats, which have no such end.
SUM_AT_MOST = 2**62
GROUPS = ("organization_id", "month", "engagement", "product", "payment_status", "currency")
CLAIM_GROUPS = ("claim_id", *GROUPS)


def earned(*by: InstrumentedAttribute[Any]) -> Select[*tuple[Any, ...]]:
    """Return the select of what the lines that count come to, by columns of theirs and their currency.

    Its columns are these, the currency, the amount in the smallest unit of it, and how many lines; no amount
    is ever added across currencies.
    """
    groups = *by, EarningLine.currency
    amount = cast(func.sum(EarningLine.amount), BigInteger)  # PostgreSQL makes a decimal of a sum
    return select(*groups, amount, func.count()).where(EarningLine.live).group_by(*groups).order_by(*groups)


def sums_of(session: Session, *which: ColumnElement[bool]) -> tuple[tuple[str, int, int], ...]:
    """Return what the lines that count and `which` holds for come to: currency, amount in it, lines."""
    query = earned().join(EarningLine.claim).where(*which)
    return tuple((row[0], row[1], row[2]) for row in session.execute(query))


def sum_up(session: Session, changed: ColumnElement[bool]) -> None:
    """Sum up anew what belongs to the organizations of the lines that fulfil `changed`.

    Whole and not by what was added, so that no mistake of an earlier time can stay in a sum. Imports of
    one kind come into use one after the other (`importer.locked`), and so do these. Raises NotNow where
    lines came to count that could not be added up with the others.
    """
    _refuse_too_much(session, changed)
    touched = list(session.scalars(select(EarningLine.organization_id).where(changed).distinct()))
    for table, names in ((EarningSum, GROUPS), (EarningClaimSum, CLAIM_GROUPS)):
        session.execute(delete(table).where(table.organization_id.in_(touched)))
        by = (getattr(EarningLine, name) for name in names[:-1])  # the currency goes without saying
        sums = earned(*by).where(EarningLine.organization_id.in_(touched))
        session.execute(insert(table).from_select([*names, "amount", "lines"], sums))


def _refuse_too_much(session: Session, changed: ColumnElement[bool]) -> None:
    """Raise NotNow where the lines of a currency come to more than can be added up in any order."""
    size = func.sum(func.abs(cast(EarningLine.amount, Float)))
    concerned = select(EarningLine.currency).where(changed, EarningLine.live)
    query = select(EarningLine.currency).where(EarningLine.live, EarningLine.currency.in_(concerned))
    query = query.group_by(EarningLine.currency).having(size > SUM_AT_MOST).order_by(EarningLine.currency)
    if too_much := session.scalars(query).all():
        raise NotNow(
            gettext(
                "With these rows, the amounts in %(currencies)s would come to more than can be added up "
                "exactly. Check the amounts of the file, and import it mended.",
                currencies=", ".join(too_much),
            )
        )
