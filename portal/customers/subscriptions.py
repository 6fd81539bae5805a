"""The subscriptions of customers as they are now, of what was imported last about each."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.customers.model import SubscriptionReading

# A claim's product: its code, and the subscription that was named with it, "" for any.
Claimed = tuple[str, str]


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
