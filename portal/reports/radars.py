"""What is about to be lost: associations whose subscription ends, and claims whose time runs out."""

from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from portal.claims.clock_states import RUNNING
from portal.claims.model import Association, Claim, ClaimClock
from portal.claims.units import parts_of
from portal.customers.model import Customer, SubscriptionReading
from portal.incentives.model import EarningLine
from portal.languages.sentences import gettext
from portal.reports.scope import reported, tells_earnings
from portal.reports.shapes import Asked, Cell, ClaimLink, Money, Report

# A renewal is prepared within a quarter; what ends later is not urgent.
RENEWAL_DAYS = 90
# What runs out within a month, and drafts that nobody has touched for one.
FORFEIT_DAYS = 30
ROWS_AT_MOST = 200
Stake = Mapping[int, list[Money]] | None
PARTNER = "partner"  # whose move it is, a code of models.Mover


def renewals(asked: Asked) -> Report:
    """Tell of each association whose known subscription ends within RENEWAL_DAYS, the earliest first."""
    until = asked.today + timedelta(days=RENEWAL_DAYS)
    readings = _newest(asked)
    label = asked.desk.policies.in_force().programs.product_label
    found = []
    for claim, unit, customer in _held(asked):
        parts = parts_of(unit)
        for row in readings.get((parts["tenant"].casefold(), parts["product"]), ()):
            fits = parts.get("subscription", "") in ("", row.subscription_id)
            if fits and row.ends_on and asked.today <= (ends := date.fromisoformat(row.ends_on)) <= until:
                found.append((ends, claim, customer, label(row.product), row.subscription_id))
    at_stake = _earned(asked)
    ordered = sorted(found, key=lambda one: (one[0], one[1].number))[:ROWS_AT_MOST]
    rows = [
        (ClaimLink(claim.number), customer, product, subscription, ends, *_stake(at_stake, claim.id))
        for ends, claim, customer, product, subscription in ordered
    ]
    return Report(_columns(asked, gettext("Subscription ID"), gettext("Ends on")), tuple(rows))


def forfeits(asked: Asked) -> Report:
    """Tell of claims whose running time ends within FORFEIT_DAYS, and of drafts left alone as long."""
    rulebook = asked.desk.policies.in_force()
    zone = ZoneInfo(rulebook.policy.time_zone)
    soon = asked.desk.clock.now() + timedelta(days=FORFEIT_DAYS)
    long_ago = asked.desk.clock.now() - timedelta(days=FORFEIT_DAYS)
    at_stake = _earned(asked)
    running = (
        select(Claim, ClaimClock)
        .join(ClaimClock, ClaimClock.claim_id == Claim.id)
        .where(
            ClaimClock.state == RUNNING,
            ClaimClock.due_at <= soon,
            Claim.waits_for == PARTNER,
            reported(asked.desk, asked.actor),
        )
        .order_by(ClaimClock.due_at, Claim.number)
    )
    rows: list[tuple[Cell, ...]] = []
    for claim, clock in asked.session.execute(running.limit(ROWS_AT_MOST)).unique():
        clocks = asked.desk.rulebook_of(claim).clocks
        what = clocks[clock.clock].label if clock.clock in clocks else clock.clock
        rows.append(_row(claim, what, date.fromisoformat(clock.due_on), at_stake))
    idle = (
        select(Claim)
        .where(
            Claim.first_submitted_at.is_(None),
            Claim.changed_at <= long_ago,
            reported(asked.desk, asked.actor),
        )
        .order_by(Claim.changed_at)
    )
    for claim in asked.session.scalars(idle.limit(ROWS_AT_MOST)).unique():
        since = claim.changed_at.astimezone(zone).date()
        rows.append(_row(claim, gettext("Never submitted, unchanged since"), since, at_stake))
    return Report(_columns(asked, gettext("What runs out"), gettext("Day")), tuple(rows))


def _columns(asked: Asked, third: str, fourth: str) -> tuple[tuple[str, bool], ...]:
    names = (gettext("Claim"), gettext("Customer"), gettext("Product"), third, fourth)
    earned = ((gettext("Earned so far"), True),) if tells_earnings(asked.desk, asked.actor) else ()
    return (*((name, False) for name in names), *earned)


def _row(claim: Claim, what: str, day: date, at_stake: Stake) -> tuple[Cell, ...]:
    customer = claim.customer.name if claim.customer else ""
    return ClaimLink(claim.number), customer, "", what, day, *_stake(at_stake, claim.id)


def _stake(at_stake: Stake, claim_id: int) -> tuple[Cell, ...]:
    """Return what the claim earned so far in its first currency; a cell of None where nothing is known."""
    return () if at_stake is None else (next(iter(at_stake.get(claim_id, ())), None),)


def _earned(asked: Asked) -> Stake:
    """Return what each claim earned in each currency, None for a reader who may not know."""
    if not tells_earnings(asked.desk, asked.actor):
        return None
    query = (
        select(EarningLine.claim_id, EarningLine.currency, func.sum(EarningLine.amount))
        .join(Claim, Claim.id == EarningLine.claim_id)
        .where(EarningLine.live, reported(asked.desk, asked.actor))
        .group_by(EarningLine.claim_id, EarningLine.currency)
        .order_by(func.count().desc(), EarningLine.currency)
    )
    found: dict[int, list[Money]] = {}
    for claim_id, currency, minor in asked.session.execute(query):
        found.setdefault(claim_id, []).append(Money(int(minor), currency))
    return found


def _held(asked: Asked) -> list[tuple[Claim, str, str]]:
    query = (
        select(Claim, Association.unit, Customer.name)
        .join(Association, Association.claim_id == Claim.id)
        .join(Customer, Customer.id == Claim.customer_id)
        .where(Association.ended_at.is_(None), reported(asked.desk, asked.actor))
    )
    return [(claim, unit, name) for claim, unit, name in asked.session.execute(query).unique()]


def _newest(asked: Asked) -> dict[tuple[str, str], tuple[SubscriptionReading, ...]]:
    """Return the newest reading of each subscription, by tenant ID and product."""
    query = select(SubscriptionReading).where(SubscriptionReading.live).order_by(SubscriptionReading.as_of)
    newest = {(row.tenant_id, row.product, row.subscription_id): row for row in asked.session.scalars(query)}
    found: dict[tuple[str, str], list[SubscriptionReading]] = {}
    for (tenant, product, _), row in newest.items():
        found.setdefault((tenant, product), []).append(row)
    return {key: tuple(rows) for key, rows in found.items()}
