"""Subscriptions and earnings of the sample claims, imported from files as an operator does it."""

import csv
import io
import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import SYSTEM_ACTOR
from portal.claims.desk import Desk
from portal.claims.model import Association, Claim, ClaimProduct
from portal.customers.model import Customer
from portal.customers.subscription_sheet import SUBSCRIPTIONS
from portal.db import db
from portal.imports.kinds import Kind
from portal.imports.running import import_at_once
from portal.incentives.earning_sheet import EARNINGS
from portal.incentives.following import follow_imports
from portal.incentives.sheets import importer_of

Row = Mapping[str, str]
OPERATOR = replace(SYSTEM_ACTOR, name="Sample data")
# Of so many associations one has each of these, so that every case can be looked at.
STATES = ("active", "active", "active", "active", "in_grace", "suspended", "active", "ended")
LEVERS = ("advisor_fee", "usage_growth")
CURRENCY = {"Contoso": "EUR", "Fabrikam": "USD"}


@dataclass(frozen=True)
class Held:
    """A product that a claim holds or held, since when, and whether it can earn."""

    number: str
    partner: str
    tenant: str
    product: str
    subscription: str
    began: date
    earns: bool


def import_money(desk: Desk, seed: int) -> None:
    """Import what is known of the customers' subscriptions and what the sample claims earned so far."""
    chance = random.Random(seed)  # noqa: S311  # stories, not secrets
    held = _held(db.session(), desk)
    db.session().rollback()
    _bring(desk, SUBSCRIPTIONS, list(_subscriptions(held, desk.today(), chance)))
    follow_imports(desk)
    _bring(desk, EARNINGS, list(earnings(held, desk.today(), chance)))


def _bring(desk: Desk, kind: Kind, rows: Sequence[Row]) -> None:
    if not rows:
        return
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [column.name for column in kind.columns], restval="")
    writer.writeheader()
    writer.writerows(rows)
    file = io.BytesIO(text.getvalue().encode())
    outcome = import_at_once(importer_of(desk), kind.code, f"{kind.code}.csv", file, OPERATOR, dry_run=False)
    if not outcome.used:
        raise RuntimeError(f"The sample's {kind.code} could not be imported: {outcome.mistakes[:3]}")


def _held(session: Session, desk: Desk) -> list[Held]:
    query = (
        select(Claim, ClaimProduct, Customer.tenant_id, Association.began_at)
        .join(ClaimProduct, ClaimProduct.claim_id == Claim.id)
        .join(Customer, Customer.id == Claim.customer_id)
        .join(Association, Association.claim_id == Claim.id)
        .order_by(Claim.number, ClaimProduct.id)
        .distinct()
    )
    activities = desk.policies.in_force().programs.activities
    found = {}
    for claim, product, tenant, began in session.execute(query).unique():
        found[product.id] = Held(
            claim.number,
            claim.organization.name,
            tenant,
            product.product,
            # Without one on the claim, the customer's subscription has a name of its own.
            product.subscription_id or f"{tenant[:8]}-{product.product}",
            began.date(),
            activities[claim.activity or ""].can_earn,
        )
    return list(found.values())


def _subscriptions(held: Sequence[Held], today: date, chance: random.Random) -> Iterator[Row]:
    for place, one in enumerate(held):
        if place % 9 == 5:
            continue  # of some nothing is known
        yield {
            "tenant_id": one.tenant,
            "product": one.product,
            "subscription_id": one.subscription,
            "state": STATES[place % len(STATES)],
            "as_of": (today - timedelta(days=3)).isoformat(),
            "ends_on": (today + timedelta(days=chance.randrange(10, 300))).isoformat(),
        }


def earnings(held: Sequence[Held], today: date, chance: random.Random) -> Iterator[Row]:
    serial = 0
    for place, one in enumerate(one for one in held if one.earns):
        if place % 4 == 3:
            continue  # some have earned nothing yet
        for month, lever in itertools.product(_months(one.began, today), LEVERS):
            serial += 1
            yield {
                "line_id": f"L-{today.year}-{serial:06d}",
                "claim": one.number,
                "tenant_id": one.tenant,
                "product": one.product,
                "subscription_id": one.subscription,
                "month": month,
                "lever": lever,
                "amount": f"{chance.randrange(4_000, 250_000) / 100:.2f}",
                "currency": CURRENCY.get(one.partner, "EUR"),
                **_payment(serial, month, today),
            }


def _payment(serial: int, month: str, today: date) -> Row:
    """Return how far a payment has come: of the last month some waits, some is withheld, the rest is paid."""
    if serial % 7 == 0:
        return {"payment_status": "withheld", "reason": "below_threshold"}
    if month == _before(today) and serial % 3 == 0:
        return {"payment_status": "earned"}
    paid_on = date.fromisoformat(f"{month}-28") + timedelta(days=15)
    if paid_on > today or (month == _before(today) and serial % 3 == 1):
        return {"payment_status": "scheduled"}
    return {"payment_status": "paid", "payment_id": f"P-{paid_on:%Y-%m}", "paid_on": paid_on.isoformat()}


def _before(today: date) -> str:
    """Return the month before today's."""
    return f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"


def _months(began: date, today: date) -> Iterator[str]:
    """Yield the months from `began` on that are over: what is earned in one is reported in the next."""
    year, month = began.year, began.month
    while (year, month) < (today.year, today.month):
        yield f"{year}-{month:02d}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
