"""What is about to be lost: associations whose subscription ends, and claims whose time runs out."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, select

from portal.claims.clock_states import RUNNING
from portal.claims.model import Association, Claim, ClaimClock
from portal.claims.units import parts_of
from portal.customers.model import Customer
from portal.customers.subscriptions import EndingSubscription, ending_subscriptions
from portal.languages.sentences import gettext
from portal.reports.ahead import Ending, picture
from portal.reports.belongings import Owners, Stake, earned_by, owners_of, products_of
from portal.reports.scope import reads_all, reported, tells_earnings
from portal.reports.shapes import Amounts, Asked, Cell, ClaimLink, Report

# Values of vocabulary.yaml: how far the reports look ahead, and since when nobody touched an idle draft.
RENEWAL_DAYS = "renewal_days_at_most"
FORFEIT_DAYS, IDLE_DAYS = "forfeit_days_at_most", "idle_draft_days_at_least"
PARTNER = "partner"  # whose move it is, a code of models.Mover
HELD = Association.ended_at.is_(None)  # an association that lasts


def renewals(asked: Asked) -> Report:
    """Tell of each association whose known subscription ends within the policy's days, the earliest first."""
    until = asked.today + timedelta(days=asked.value(RENEWAL_DAYS))
    label = asked.rulebook.programs.product_label
    found = []
    ending = endings(asked, until)
    for claim_id, number, unit, customer in _held(asked):
        parts = parts_of(unit)
        for row in ending.get((parts["tenant"], parts["product"]), ()):
            if parts.get("subscription", "") in ("", row.subscription_id):
                product = label(row.product)
                found.append((row.ends_on, number, claim_id, customer, product, row.subscription_id))
    found.sort()
    these = Claim.id.in_(select(Association.claim_id).where(HELD))
    at_stake, owners = earned_by(asked, these), owners_of(asked, these)
    claims = gettext("Claims")
    ends = [Ending(claim_id, claims, day) for day, _, claim_id, *_ in found]
    return Report(
        columns=_columns(asked, gettext("Subscription ID"), gettext("Ends on")),
        rows=tuple(
            (
                *_claim(number, owners, claim_id),
                customer,
                product,
                subscription,
                day,
                *_earned(at_stake, claim_id),
            )
            for day, number, claim_id, customer, product, subscription in found
        ),
        series=picture(ends, asked.today, until, {claims: "info"}, at_stake),
        drawn=_drawn(
            asked,
            gettext("Claims by the first end of their subscriptions, and what they earned so far"),
            gettext("Claims by the first end of their subscriptions"),
        ),
    )


def forfeits(asked: Asked) -> Report:
    """Tell of claims whose running time ends within the days of the policy, and of drafts left alone."""
    now = asked.desk.clock.now()
    until = asked.today + timedelta(days=asked.value(FORFEIT_DAYS))
    running = and_(
        ClaimClock.state == RUNNING,
        ClaimClock.due_at <= now + timedelta(days=asked.value(FORFEIT_DAYS)),
        Claim.waits_for == PARTNER,
    )
    idle = and_(
        Claim.first_submitted_at.is_(None),
        Claim.changed_at <= now - timedelta(days=asked.value(IDLE_DAYS)),
    )
    ending, left_alone = _running_out(asked, running), _left_alone(asked, idle)
    with_clock = select(ClaimClock.claim_id).join(Claim, Claim.id == ClaimClock.claim_id).where(running)
    these = Claim.id.in_(with_clock) | idle
    products, at_stake, owners = products_of(asked, these), earned_by(asked, these), owners_of(asked, these)
    drafts = gettext("Drafts left alone")
    tones = {what: "attention" for _, _, _, what, _ in ending} | ({drafts: "neutral"} if left_alone else {})
    ends = [
        *(Ending(claim_id, what, day) for claim_id, _, _, what, day in ending),
        *(Ending(claim_id, drafts, None) for claim_id, *_ in left_alone),
    ]
    return Report(
        columns=_columns(asked, gettext("What runs out"), gettext("Day")),
        rows=tuple(_row(asked, line, products, at_stake, owners) for line in (*ending, *left_alone)),
        series=picture(ends, asked.today, until, tones, at_stake),
        drawn=_drawn(
            asked,
            gettext("Claims by the end of their time, and what they earned so far"),
            gettext("Claims by the end of their time"),
        ),
    )


def _drawn(asked: Asked, with_earnings: str, without: str) -> str:
    return with_earnings if tells_earnings(asked.desk, asked.actor) else without


Line = tuple[int, str, str, str, date]  # (claim's id, its number, customer, what runs out, day)


def _running_out(asked: Asked, running: ColumnElement[bool]) -> list[Line]:
    query = (
        select(
            Claim.id, Claim.number, Customer.name, Claim.policy_version, ClaimClock.clock, ClaimClock.due_on
        )
        .join(ClaimClock, ClaimClock.claim_id == Claim.id)
        .outerjoin(Customer, Customer.id == Claim.customer_id)
        .where(running, reported(asked.desk, asked.actor))
        .order_by(ClaimClock.due_at, Claim.number)
    )
    found: list[Line] = []
    for claim_id, number, customer, version, clock, due_on in asked.session.execute(query):
        clocks = asked.desk.policies.pinned(version).clocks
        what = clocks[clock].label if clock in clocks else clock
        found.append((claim_id, number, customer or "", what, date.fromisoformat(due_on)))
    return found


def _left_alone(asked: Asked, idle: ColumnElement[bool]) -> list[Line]:
    query = (
        select(Claim.id, Claim.number, Customer.name, Claim.changed_at)
        .outerjoin(Customer, Customer.id == Claim.customer_id)
        .where(idle, reported(asked.desk, asked.actor))
        .order_by(Claim.changed_at, Claim.number)
    )
    what = gettext("Never submitted, unchanged since")
    return [
        (claim_id, number, customer or "", what, _day(asked, changed_at))
        for claim_id, number, customer, changed_at in asked.session.execute(query)
    ]


def _day(asked: Asked, moment: datetime) -> date:
    return moment.astimezone(asked.zone).date()


def _row(
    asked: Asked, line: Line, products: Mapping[int, tuple[str, ...]], at_stake: Stake, owners: Owners
) -> tuple[Cell, ...]:
    claim_id, number, customer, what, day = line
    label = asked.rulebook.programs.product_label
    named = ", ".join(label(code) for code in products.get(claim_id, ()))
    return *_claim(number, owners, claim_id), customer, named, what, day, *_earned(at_stake, claim_id)


def _claim(number: str, owners: Owners, claim_id: int) -> tuple[Cell, ...]:
    """Return the cells that say which claim it is, and whose for a reader of several organizations."""
    return (ClaimLink(number),) if owners is None else (ClaimLink(number), owners[claim_id])


def _earned(at_stake: Stake, claim_id: int) -> tuple[Cell, ...]:
    """Return the cell of what the claim earned, none for a reader who may not know."""
    return () if at_stake is None else (at_stake.get(claim_id, Amounts()),)


def _columns(asked: Asked, third: str, fourth: str) -> tuple[tuple[str, bool], ...]:
    owner = (gettext("Organization"),) if reads_all(asked.desk, asked.actor) else ()
    names = (gettext("Claim"), *owner, gettext("Customer"), gettext("Product"), third, fourth)
    earned = (
        ((gettext("Earned by the claim so far"), True),) if tells_earnings(asked.desk, asked.actor) else ()
    )
    return (*((name, False) for name in names), *earned)


def _held(asked: Asked) -> list[tuple[int, str, str, str]]:
    query = (
        select(Claim.id, Claim.number, Association.unit, Customer.name)
        .join(Association, Association.claim_id == Claim.id)
        .join(Customer, Customer.id == Claim.customer_id)
        .where(HELD, reported(asked.desk, asked.actor))
    )
    return [(row[0], row[1], row[2], row[3]) for row in asked.session.execute(query)]


def endings(asked: Asked, until: date) -> Mapping[tuple[str, str], list[EndingSubscription]]:
    """Return the subscriptions that end, of customers of such associations alone, by tenant and product."""
    tenants = (
        select(Customer.tenant_id)
        .join(Claim, Claim.customer_id == Customer.id)
        .join(Association, Association.claim_id == Claim.id)
        .where(HELD, reported(asked.desk, asked.actor))
    )
    found: dict[tuple[str, str], list[EndingSubscription]] = {}
    for row in ending_subscriptions(asked.session, tenants, asked.today, until):
        found.setdefault((row.tenant_id, row.product), []).append(row)
    return found
