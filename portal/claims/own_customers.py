"""The customers that one person may know of: their organization's, or those of the claims open to them."""

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.model import Claim
from portal.claims.searching import plain
from portal.customers.model import Customer
from portal.languages.sentences import gettext

# Ids of rows are small; a longer run of digits is no id and is not turned into a number at all.
_DIGITS_AT_MOST = 9
CUSTOMERS_AT_MOST = 10  # more are not looked through; the search narrows them


def open_customers(actor: Actor) -> Select[Customer]:
    """Return the select of the customers that `actor` may know of.

    They are those of the actor's organization. Who is restricted to locations knows the customers of the
    claims there, and no others: for whom colleagues elsewhere work is not told either.
    """
    query = select(Customer).where(Customer.organization_id == actor.organization_id)
    if actor.location_ids is not None:
        query = query.where(Customer.id.in_(select(Claim.customer_id).where(_within_reach(actor))))
    return query


def known_customers(session: Session, actor: Actor) -> list[Customer]:
    """Return every customer that `actor` may know of, by name."""
    return list(session.scalars(open_customers(actor).order_by(func.lower(Customer.name), Customer.id)))


def search_customers(
    session: Session, actor: Actor, search: str, chosen: str
) -> tuple[tuple[tuple[str, str, str], ...], bool]:
    """Return the customers that the search finds, and first the one `chosen` (an id), whatever it finds."""
    words = plain(search).split()
    found = [
        row
        for row in known_customers(session, actor)
        if str(row.id) == chosen
        or all(word in plain(f"{row.name} {row.domain} {row.tenant_id}") for word in words)
    ]
    found.sort(key=lambda row: str(row.id) != chosen)
    choices = [
        (
            str(row.id),
            row.name,
            gettext("%(domain)s, tenant %(tenant)s", domain=row.domain, tenant=row.tenant_id),
        )
        for row in found
    ]
    return tuple(choices[:CUSTOMERS_AT_MOST]), len(choices) > CUSTOMERS_AT_MOST


def own_customer(session: Session, actor: Actor, typed: str) -> Customer | None:
    """Return the customer with the id `typed`, None for any other text and any customer of others."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS_AT_MOST):
        return None
    return session.scalar(open_customers(actor).where(Customer.id == int(typed)))


def is_claimed_beyond_reach(session: Session, customer: Customer, actor: Actor) -> bool:
    """Tell whether a claim for the customer is at a location that `actor` is kept from."""
    query = select(Claim.id).where(Claim.customer_id == customer.id, ~_within_reach(actor))
    return session.scalar(query.limit(1)) is not None


def _within_reach(actor: Actor) -> ColumnElement[bool]:
    own = Claim.organization_id == actor.organization_id
    if actor.location_ids is None:
        return own
    # A draft without a location is nobody's of a location, so it is compared and not skipped as unknown.
    at = or_(
        false(), *(Claim.location_id.is_not_distinct_from(place) for place in sorted(actor.location_ids))
    )
    return and_(own, at)
