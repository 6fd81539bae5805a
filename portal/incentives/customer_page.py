"""One customer as an organization may see it: what its people see in their list of claims, no more."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.listing import Row, row_of
from portal.claims.model import Association, Claim, ClaimProduct
from portal.claims.own_customers import open_customers
from portal.claims.queries import visible_claims, visible_to
from portal.claims.refusals import NotThere
from portal.claims.units import parts_of
from portal.customers.model import Customer
from portal.incentives.customer_money import SubscriptionState, earned_with, subscription_states

# A page that can be read at once; the list of claims, which has pages, holds the rest.
ROWS_AT_MOST = 100


@dataclass(frozen=True)
class Held:
    """One association of the own organization; `ended_at` is None while it is active."""

    product: str
    subscription: str
    number: str  # of the claim that brought it
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class CustomerPage:
    """One customer. `claims` are the last changed ones of `claims_in_all`, `products` (label, claims)."""

    customer: Customer
    associations: tuple[Held, ...]
    associations_in_all: int
    products: tuple[tuple[str, int], ...]
    claims: tuple[Row, ...]
    claims_in_all: int
    subscriptions: tuple[SubscriptionState, ...]
    earned: Sequence[tuple[str, int, int]] | None  # as `earned_with` says
    restricted: bool  # the reader sees claims and associations of some locations alone


def customer_page(session: Session, desk: Desk, customer_id: int, actor: Actor) -> CustomerPage:
    """Return the customer `customer_id` of the actor's organization.

    Raises NotThere for any other, after the same one query whether it is another organization's or
    nobody's. Who is restricted to locations sees the customers, claims and associations of these alone.
    """
    customer = session.scalar(open_customers(actor).where(Customer.id == customer_id))
    if customer is None:
        raise NotThere
    own = visible_claims(desk, actor).where(Claim.customer_id == customer.id)
    held, held_in_all = _associations(session, desk, customer, actor)
    return CustomerPage(
        customer=customer,
        associations=held,
        associations_in_all=held_in_all,
        products=_products(session, desk, customer, actor),
        claims=tuple(row_of(desk, claim) for claim in _last_changed(session, own)),
        claims_in_all=session.scalar(select(func.count()).select_from(own.subquery())) or 0,
        subscriptions=subscription_states(session, desk, customer, actor),
        earned=earned_with(session, desk, customer, actor),
        restricted=actor.location_ids is not None,
    )


def _last_changed(session: Session, own: Select[Claim]) -> Sequence[Claim]:
    query = own.options(selectinload(Claim.products), selectinload(Claim.clocks))
    return session.scalars(query.order_by(Claim.changed_at.desc(), Claim.id.desc()).limit(ROWS_AT_MOST)).all()


def _associations(
    session: Session, desk: Desk, customer: Customer, actor: Actor
) -> tuple[tuple[Held, ...], int]:
    """Return the associations, active ones first and the last begun before, and how many there are."""
    query = (
        select(Association, Claim)
        .join(Claim, Claim.id == Association.claim_id)
        .where(Claim.customer_id == customer.id, visible_to(desk, actor))
    )
    total = session.scalar(query.with_only_columns(func.count(Association.id))) or 0
    ordered = query.order_by(
        Association.ended_at.is_not(None), Association.began_at.desc(), Association.id.desc()
    )
    found = session.execute(ordered.limit(ROWS_AT_MOST)).unique().all()
    return tuple(_held(desk, row, claim) for row, claim in found), total


def _held(desk: Desk, row: Association, claim: Claim) -> Held:
    parts = parts_of(row.unit)
    return Held(
        product=desk.rulebook_of(claim).programs.product_label(parts.get("product", "")),
        subscription=parts.get("subscription", ""),
        number=claim.number,
        began_at=row.began_at,
        ended_at=row.ended_at,
    )


def _products(session: Session, desk: Desk, customer: Customer, actor: Actor) -> tuple[tuple[str, int], ...]:
    """Return each product claimed, as the policy in force calls it, with the number of own claims."""
    query = (
        select(ClaimProduct.product, func.count(ClaimProduct.claim_id.distinct()))
        .join(Claim, Claim.id == ClaimProduct.claim_id)
        .where(Claim.customer_id == customer.id, visible_to(desk, actor))
        .group_by(ClaimProduct.product)
    )
    programs = desk.policies.in_force().programs
    counted: Counter[str] = Counter()
    for code, claims in session.execute(query):
        counted[programs.product_label(code)] += claims
    return tuple(sorted(counted.items(), key=lambda row: row[0].casefold()))
