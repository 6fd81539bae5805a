"""The subscriptions of customers as they are now, of what was imported last about each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from portal.customers.model import SubscriptionReading

# A claim's product: its code, and the subscription that was named with it, "" for any.
Claimed = tuple[str, str]


@dataclass(frozen=True)
class EndingSubscription:
    """A subscription with the day on which it ends, as far as is known."""

    tenant_id: str
    product: str
    subscription_id: str
    ends_on: date


def ending_subscriptions(
    session: Session, tenants: Select[str], first: date, last: date
) -> list[EndingSubscription]:
    """Return the subscriptions of `tenants` that end from `first` to `last`; none of others is read.

    What was read last about each of them counts: one that was renewed since does not end.
    """
    reading = SubscriptionReading
    each = reading.tenant_id, reading.product, reading.subscription_id
    newest = func.row_number().over(partition_by=each, order_by=(reading.as_of.desc(), reading.id.desc()))
    known = (
        select(*each, reading.ends_on, newest.label("place"))
        .where(reading.live, reading.tenant_id.in_(tenants))
        .subquery()
    )
    query = select(known).where(
        known.c.place == 1, known.c.ends_on.between(first.isoformat(), last.isoformat())
    )
    return [
        EndingSubscription(tenant, product, subscription, date.fromisoformat(ends_on))
        for tenant, product, subscription, ends_on, _ in session.execute(query)
    ]


def subscriptions_of(
    session: Session, tenant_id: str, claimed: Sequence[Claimed]
) -> Mapping[Claimed, tuple[SubscriptionReading, ...]]:
    """Return the newest reading of each subscription that the tenant has for each of the products."""
    products = {product for product, _ in claimed}
    query = (
        select(SubscriptionReading)
        .where(
            SubscriptionReading.live,
            SubscriptionReading.tenant_id == tenant_id.casefold(),
            SubscriptionReading.product.in_(products),
        )
        .order_by(SubscriptionReading.as_of)
    )
    newest = {(row.product, row.subscription_id): row for row in session.scalars(query)}
    return {
        (product, wanted): tuple(
            row
            for (code, subscription), row in newest.items()
            if code == product and wanted.casefold() in ("", subscription)
        )
        for product, wanted in claimed
    }
