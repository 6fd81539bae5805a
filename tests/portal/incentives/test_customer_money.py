"""What the page of a customer tells of subscriptions and money: no more than the association gives."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from portal.claims.model import Association
from portal.customers.model import Customer
from portal.db import db, transaction
from portal.incentives.customer_money import earned_with
from tests import factories
from tests.browser import Page
from tests.portal.claims.rows import add_claims, customer_id
from tests.portal.claims.test_listing import contoso
from tests.portal.incentives.sheets import earn, subscribe
from tests.portal.reviews.filing import REVIEWER, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OWN, BILLING = "incentives@contoso.example", "billing@contoso.example"
WHILE = "While your organization is associated with the customer"


def visit(filing: Filing, who: str = OWN, partner: str = "contoso") -> Page:
    return filing.browser(who).visit(f"/customers/{customer_id(filing, partner)}")


def states(page: Page) -> list[dict[str, str]]:
    return page.rows("#customer-subscriptions table")


def test_the_states_of_the_associations_products_are_told_as_they_were_imported_last(filing: Filing) -> None:
    filing.approved()
    filing.approved(product="intune")
    subscribe(filing, state="active", as_of="2026-11-20", ends_on="2027-06-30")
    subscribe(filing, state="suspended", as_of="2026-11-21", ends_on="2027-06-30")
    intune, teams = states(visit(filing))
    assert intune["State"] == "Nothing imported yet"
    assert teams["State"].startswith("Suspended The customer cannot use the subscription")
    assert teams["State"].endswith("It earns nothing in this state.")
    assert (teams["Subscription ID"], teams["As of"], teams["Ends on"]) == (
        "sub-1",
        "21 November 2026",
        "30 June 2027",
    )


def test_who_has_no_association_learns_nothing_of_subscriptions(filing: Filing) -> None:
    subscribe(filing)
    number = filing.under_review()
    page = visit(filing)
    assert WHILE in page.region("customer-subscriptions")
    assert "sub-1" not in page.content.decode()
    filing.do("approve", number, REVIEWER)
    assert "sub-1" in visit(filing).region("customer-subscriptions")
    filing.do("disassociate", number, OWN, reason="The project is over.")
    page = visit(filing)
    assert WHILE in page.region("customer-subscriptions")
    assert "sub-1" not in page.content.decode()


def test_nothing_of_products_that_others_hold_or_nobody_is_told(filing: Filing) -> None:
    filing.approved()
    filing.approved("fabrikam", "intune")
    subscribe(filing)
    subscribe(filing, product="intune", subscription_id="sub-theirs")
    subscribe(filing, product="exchange_online", subscription_id="sub-nobodys")
    (row,) = states(visit(filing))
    assert row["Subscription ID"] == "sub-1"
    (theirs,) = states(visit(filing, "incentives@fabrikam.example", "fabrikam"))
    assert theirs["Subscription ID"] == "sub-theirs"


@SQLITE
def test_an_association_with_one_subscription_tells_of_that_one(filing: Filing) -> None:
    filing.approved()
    unit = f"tenant:{factories.SHARED_TENANT}|product:teams|subscription:sub-own"
    with filing.context(), transaction() as session:
        session.execute(update(Association).values(unit=unit))
    subscribe(filing, subscription_id="SUB-OWN")
    subscribe(filing, subscription_id="sub-of-somebody-else")
    (row,) = states(visit(filing))
    assert row["Subscription ID"] == "sub-own"


def test_earnings_lead_to_their_lines(filing: Filing) -> None:
    number = filing.approved()
    earn(
        filing,
        {"claim": number, "amount": "100.10"},
        {"claim": number, "amount": "-0.20", "month": "2026-10", "lever": "adjustment"},
        {"claim": number, "amount": "7000", "currency": "JPY"},
    )
    browser = filing.browser(BILLING)
    page = browser.visit(f"/customers/{customer_id(filing)}")
    assert "EUR 99.90. Look at all 2 lines" in page.region("customer-earnings")
    assert "JPY 7,000. Look at 1 line" in page.region("customer-earnings")
    lines = browser.click("Look at all 2 lines")
    assert lines.heading == "Earnings"
    assert lines.region("totals-EUR").startswith("EUR 99.90 in 2 lines")
    assert page.links()["Look at all 2 lines"].endswith("#totals-EUR")


def test_nothing_of_what_others_earned_with_the_same_customer(filing: Filing) -> None:
    theirs = filing.approved("fabrikam", "intune")
    earn(filing, {"claim": theirs, "product": "intune", "amount": "31337"})
    filing.approved()
    page = visit(filing)
    assert "Nothing was earned with claims for this customer yet." in page.region("customer-earnings")
    assert "31,337" not in page.text


@SQLITE
def test_who_may_not_read_earnings_is_told_none(filing: Filing) -> None:
    earn(filing, {"claim": filing.approved()})
    actor = filing.actors[OWN]
    with filing.context():
        customer = db.session.scalars(select(Customer).where(Customer.id == customer_id(filing))).one()
        told = earned_with(db.session(), filing.desk, customer, actor)
        assert told == (("EUR", 10_000, 1),)
        assert earned_with(db.session(), filing.desk, customer, replace(actor, roles=frozenset())) is None


@SQLITE
def test_who_is_restricted_to_locations_is_told_of_these_alone(filing: Filing) -> None:
    earn(filing, {"claim": filing.approved()})
    subscribe(filing)
    with filing.context(), transaction() as session:
        place = factories.location(session, contoso(session))
        person = factories.person(
            session, contoso(session), "billing_admin", account="branch", locations=(place,)
        )
        place_id, email = place.id, person.email
    own = {"location_id": place_id, "customer_id": customer_id(filing), "products": ["intune"]}
    add_claims(filing, own)
    page = visit(filing, email)
    assert "sub-1" not in page.content.decode()
    assert WHILE in page.region("customer-subscriptions")
    assert "Nothing was earned" in page.region("customer-earnings")
