"""Customers as one organization knows them; another organization's rows are never read."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.customers.model import Customer

# Ids of rows are small; a longer run of digits is no id and is not turned into a number at all.
_DIGITS_AT_MOST = 9


def own_customer(session: Session, organization_id: int, typed: str) -> Customer | None:
    """Return the organization's customer with the id `typed`, None for any other text or row."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS_AT_MOST):
        return None
    query = select(Customer).where(Customer.id == int(typed), Customer.organization_id == organization_id)
    return session.scalar(query)


def customer_in_tenant(session: Session, organization_id: int, tenant_id: str) -> Customer | None:
    """Return the organization's customer in a tenant; `tenant_id` as `adding.tenant_id_of` writes it."""
    query = select(Customer).where(
        Customer.organization_id == organization_id, Customer.tenant_id == tenant_id
    )
    return session.scalar(query)


def known_customers(session: Session, organization_id: int) -> list[Customer]:
    """Return every customer of the organization, by name."""
    query = (
        select(Customer)
        .where(Customer.organization_id == organization_id)
        .order_by(func.lower(Customer.name), Customer.id)
    )
    return list(session.scalars(query))
