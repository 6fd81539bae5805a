"""What an organization may know of a customer's subscriptions, and what it earned with that customer.

The customer's page behind the link says what a partner gets to see: the subscriptions for the products of the
association, as long as it lasts. Whoever typed a tenant ID, filed a claim or lost an association sees none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.model import Association, Claim
from portal.claims.queries import visible_to
from portal.claims.units import parts_of
from portal.customers.model import Customer, SubscriptionReading
from portal.customers.subscriptions import Claimed, subscriptions_of
from portal.incentives.claim_money import READ
from portal.incentives.earning_queries import sums_with
from portal.rulebook.rulebook import Rulebook


@dataclass(frozen=True)
class SubscriptionState:
    """One subscription as it was on the day `as_of`, None where nothing was imported about it.

    `subscription` is "" where neither the association nor an import names one.
    """

    product: str
    subscription: str
    state: str = ""
    means: str = ""
    earns: bool = False
    as_of: date | None = None
    ends_on: date | None = None


def subscription_states(
    session: Session, desk: Desk, customer: Customer, actor: Actor
) -> tuple[SubscriptionState, ...]:
    """Return the subscriptions for what the organization is associated for now, by product."""
    claimed = _associated_for(session, desk, customer, actor)
    if not claimed:
        return ()
    rulebook = desk.policies.in_force()
    known = subscriptions_of(session, customer.tenant_id, claimed)
    found = [
        one
        for product, named in claimed
        for one in (
            [_state(rulebook, row) for row in known[product, named]]
            or [SubscriptionState(rulebook.programs.product_label(product), named)]
        )
    ]
    return tuple(sorted(found, key=lambda one: (one.product.casefold(), one.subscription)))


def _associated_for(session: Session, desk: Desk, customer: Customer, actor: Actor) -> Sequence[Claimed]:
    """Return the product and the subscription of each active association that the actor may see."""
    query = (
        select(Association.unit)
        .join(Claim, Claim.id == Association.claim_id)
        .where(Claim.customer_id == customer.id, Association.ended_at.is_(None), visible_to(desk, actor))
    )
    units = [parts_of(unit) for unit in session.scalars(query)]
    return [(parts.get("product", ""), parts.get("subscription", "")) for parts in units]


def _state(rulebook: Rulebook, row: SubscriptionReading) -> SubscriptionState:
    state = rulebook.incentives.subscription_states.get(row.state)
    return SubscriptionState(
        product=rulebook.programs.product_label(row.product),
        subscription=row.subscription_id,
        state=state.label if state else row.state,
        means=state.means if state else "",
        earns=bool(state and state.earns),
        as_of=date.fromisoformat(row.as_of),
        ends_on=date.fromisoformat(row.ends_on) if row.ends_on else None,
    )


def earned_with(
    session: Session, desk: Desk, customer: Customer, actor: Actor
) -> Sequence[tuple[str, int, int]] | None:
    """Return (currency, amount in its smallest unit, lines); None for somebody who may not read earnings."""
    if READ not in desk.policies.in_force().permissions_of(actor.roles):
        return None
    return sums_with(session, desk, actor, customer.id)
