"""Customers as one organization knows them; another organization's rows are never read."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.customers.model import Customer


def customer_in_tenant(session: Session, organization_id: int, tenant_id: str) -> Customer | None:
    """Return the organization's customer in a tenant; `tenant_id` as `adding.tenant_id_of` writes it."""
    query = select(Customer).where(
        Customer.organization_id == organization_id, Customer.tenant_id == tenant_id
    )
    return session.scalar(query)
