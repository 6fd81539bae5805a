"""Subscriptions as they are now: what was read last about each counts, and none of other tenants is read."""

from datetime import date

from sqlalchemy import literal, select

from portal.customers.subscriptions import ending_subscriptions
from portal.db import db
from tests import factories
from tests.portal.incentives.sheets import READING, bring, csv_of
from tests.portal.reviews.filing import Filing

OTHER_TENANT = "11111111-2222-4333-8444-555555555555"


def ending(filing: Filing, tenant: str, first: str, last: str) -> list[tuple[str, str]]:
    with filing.context():
        tenants = select(literal(tenant))
        days = date.fromisoformat(first), date.fromisoformat(last)
        found = ending_subscriptions(db.session(), tenants, *days)
        return sorted((one.subscription_id, one.ends_on.isoformat()) for one in found)


def test_the_newest_reading_of_each_subscription_says_when_it_ends(filing: Filing) -> None:
    known = [
        {"subscription_id": "renewed", "ends_on": "2027-01-15"},
        {"subscription_id": "renewed", "ends_on": "2028-01-15", "as_of": "2026-11-21"},
        {"subscription_id": "shortened", "ends_on": "2028-01-15"},
        {"subscription_id": "shortened", "ends_on": "2027-01-15", "as_of": "2026-11-21"},
        {"subscription_id": "without end"},
        {"subscription_id": "elsewhere", "ends_on": "2027-01-15", "tenant_id": OTHER_TENANT},
    ]
    assert bring(filing, "subscriptions", csv_of(READING, known)).used
    mine = factories.SHARED_TENANT
    assert ending(filing, mine, "2027-01-01", "2027-02-01") == [("shortened", "2027-01-15")]
    assert ending(filing, mine, "2027-01-15", "2027-01-15") == [("shortened", "2027-01-15")]
    assert ending(filing, mine, "2027-01-16", "2027-02-01") == []
    assert ending(filing, OTHER_TENANT, "2027-01-01", "2027-02-01") == [("elsewhere", "2027-01-15")]
