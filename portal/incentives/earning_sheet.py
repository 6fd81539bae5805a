"""The sheet of earnings: what claims earned, and how far the payment of it has come."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from portal.customers.subscription_sheet import products, tenant
from portal.imports.columns import (
    BadCell,
    Column,
    amount,
    currency,
    day,
    is_to_come,
    minor_units,
    month,
    one_of,
    small,
    text,
)
from portal.imports.currencies import last_day
from portal.imports.kinds import Entry, Kind, Sum
from portal.incentives.doubled_lines import know_again
from portal.incentives.earning_claims import find_claims, misplaced
from portal.incentives.earning_sums import sum_up
from portal.incentives.model import EarningLine
from portal.languages.sentences import gettext, lazy_gettext
from portal.rulebook.rulebook import Rulebook


def _labels(catalog: str) -> Callable[[Rulebook], Mapping[str, str]]:
    return lambda rulebook: {code: row.label for code, row in getattr(rulebook.incentives, catalog).items()}


def _number(value: str, _rulebook: Rulebook) -> str:
    return value.upper()


# stays English: people's own programs write these files, and find columns by their names
COLUMNS = (
    Column(
        "line_id",
        lazy_gettext(
            "What the line is called where it comes from, with capitals or without; no two lines share it"
        ),
        "L-2026-000017",
        text,
        any_case=True,
    ),
    Column(
        "claim",
        lazy_gettext(
            "The number of the claim; without it, the claim that held the customer and product in the month"
        ),
        "CL-2026-000123",
        _number,
        required=False,
    ),
    Column(
        "tenant_id", lazy_gettext("The customer’s tenant ID"), "8d7f9a52-7c1e-4c57-9f60-1d2ab2f1c001", tenant
    ),
    Column("product", lazy_gettext("The product, by its name or its code"), "Teams", one_of(products)),
    Column("subscription_id", lazy_gettext("The subscription ID"), "SUB-1001", small, required=False),
    Column("month", lazy_gettext("The month in which it was earned"), "2026-10", month),
    Column("lever", lazy_gettext("What it is paid for"), "usage_growth", one_of(_labels("levers"))),
    Column(
        "amount", lazy_gettext("The amount, below 0 where an earlier one is taken back"), "1234.50", amount
    ),
    Column("currency", lazy_gettext("The currency (ISO 4217)"), "EUR", currency),
    Column(
        "payment_status",
        lazy_gettext("How far the payment has come"),
        "paid",
        one_of(_labels("payment_statuses")),
    ),
    Column(
        "payment_id",
        lazy_gettext("The payment, by the name that the bank statement tells"),
        "P-2026-11",
        text,
        required=False,
    ),
    Column("paid_on", lazy_gettext("The day of the payment"), "2026-11-15", day, required=False),
    Column(
        "reason",
        lazy_gettext("Why it is not paid, where it is withheld"),
        "",
        one_of(_labels("payment_reasons")),
        required=False,
    ),
)


def _resolve(session: Session, rulebook: Rulebook, today: date, entries: Sequence[Entry]) -> None:
    claims = find_claims(session, rulebook, entries)
    for entry in entries:
        said, claim = entry.values, claims.get(entry.number)
        entry.key = said["line_id"].casefold()
        _check_payment(entry, rulebook)
        _check_days(entry, today)
        _check_currency(entry)
        try:
            minor = minor_units(said["amount"], said["currency"])
        except BadCell as bad:
            entry.wrong("amount", str(bad))
            continue
        if claim is None or entry.mistakes:
            continue
        kept = ("line_id", "tenant_id", "product", "subscription_id", "month", "lever", "currency")
        entry.found = {name: said[name] for name in (*kept, "payment_status", "payment_id", "paid_on")}
        entry.found |= {"claim_id": claim.id, "organization_id": claim.organization_id}
        entry.found |= {"engagement": claim.engagement, "amount": minor, "reason": said["reason"]}


def _check_payment(entry: Entry, rulebook: Rulebook) -> None:
    status = rulebook.incentives.payment_statuses[entry.values["payment_status"]]
    if status.withheld and not entry.values["reason"]:
        entry.wrong("reason", gettext("A line that is withheld must tell why."))
    if not status.withheld and entry.values["reason"]:
        entry.wrong("reason", gettext("Only a line that is withheld has a reason. Leave it out."))
    if status.paid and not entry.values["payment_id"]:
        entry.wrong("payment_id", gettext("A line that is paid must tell the payment."))
    if status.paid and not entry.values["paid_on"]:
        entry.wrong("paid_on", gettext("A line that is paid must tell the day of the payment."))


def _check_days(entry: Entry, today: date) -> None:
    if is_to_come(f"{entry.values['month']}-01", today):
        entry.wrong("month", gettext("It is a month that has not come yet. Check the year."))
    if entry.values["paid_on"] and is_to_come(entry.values["paid_on"], today):
        entry.wrong("paid_on", gettext("It is a day that has not come yet. Check the year."))


def _check_currency(entry: Entry) -> None:
    """Note a currency that was no legal tender any more in the month of the line.

    Lines of a month before that stay right, and can be imported anew when they are to be mended.
    """
    ended = last_day(entry.values["currency"])
    if ended and f"{entry.values['month']}-01" > ended.isoformat():
        entry.wrong(
            "currency",
            gettext(
                "%(currency)s is legal tender nowhere any more; its last day was %(day)s. Write the currency "
                "that was earned in that month.",
                currency=entry.values["currency"],
                day=ended.isoformat(),
            ),
        )


def _sums(session: Session, rulebook: Rulebook, wanted: ColumnElement[bool]) -> list[Sum]:
    """Return what the lines come to, by currency and status of the payment, in the order of the policy."""
    statuses = {code: row.label for code, row in rulebook.incentives.payment_statuses.items()}
    new = func.sum(case((EarningLine.live, 0), else_=EarningLine.amount))
    groups = EarningLine.currency, EarningLine.payment_status
    query = select(*groups, func.count(), func.sum(EarningLine.amount), new).where(wanted).group_by(*groups)
    found = [
        Sum(currency, status, statuses.get(status, status), rows, int(amount), int(fresh))
        for currency, status, rows, amount, fresh in session.execute(query)
    ]
    order = {status: place for place, status in enumerate(statuses)}
    return sorted(found, key=lambda one: order.get(one.status, len(order)))


EARNINGS = Kind(
    "earnings",
    lazy_gettext("Earnings and payouts"),
    lazy_gettext(
        "Lines of earnings with the state of their payment. Each line has an ID, by which it is known again."
    ),
    COLUMNS,
    EarningLine,
    _resolve,
    _sums,
    sum_up,
    misplaced,
    know_again,
)
