"""The page of one customer: what its organization has with it, and nothing of anybody else's."""

import pytest
from sqlalchemy import event

from portal.db import db, transaction
from tests import factories
from tests.browser import Browser
from tests.portal.claims.rows import add_claims, customer_id
from tests.portal.claims.test_listing import contoso
from tests.portal.reviews.filing import Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_it_shows_claims_products_and_associations_that_are_active_and_ended(filing: Filing) -> None:
    held, ended = filing.approved(), filing.approved(product="intune")
    filing.wait(2)
    filing.do("disassociate", ended, "incentives@contoso.example", reason="The project is over.")
    draft = filing.draft(product="exchange_online")
    page = filing.browser("incentives@contoso.example").visit(f"/customers/{customer_id(filing)}")
    first, second = page.rows("#customer-associations table")
    assert (first["State"], first["By claim"]) == ("Active", held)
    assert (second["State"], second["By claim"], second["Ended"]) == ("Ended", ended, "25 November 2026")
    assert factories.SHARED_TENANT in page.region("customer-facts")
    assert "Microsoft Intune" in page.region("customer-products")
    assert all(number in page.region("customer-claims") for number in (held, ended, draft))
    assert "No subscription states have been imported" in page.region("customer-subscriptions")
    assert "Nothing was earned with claims for this customer yet." in page.region("customer-earnings")


def test_anothers_customer_is_as_absent_as_nobodys(filing: Filing, partner: Browser) -> None:
    others = filing.approved("fabrikam")
    with filing.context():
        engine = db.engine
    answers = []
    for number in (customer_id(filing, "fabrikam"), 2147483647):
        statements: list[str] = []

        def note(_c: object, _u: object, statement: str, *_: object, to: list[str] = statements) -> None:
            to.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        page = partner.visit(f"/customers/{number}", status=404)
        event.remove(engine, "before_cursor_execute", note)
        # The token of the form that signs out holds the second at which it was made.
        answers.append((page.content.replace(partner.csrf_token().encode(), b""), statements))
    assert answers[0] == answers[1]
    own = partner.visit(f"/customers/{customer_id(filing)}")
    assert others not in own.content.decode()
    assert "There is no association." in own.region("customer-associations")


@SQLITE
def test_who_is_restricted_to_locations_sees_what_their_list_shows(filing: Filing) -> None:
    elsewhere = filing.approved()
    with filing.context(), transaction() as session:
        place = factories.location(session, contoso(session))
        person = factories.person(
            session, contoso(session), "billing_admin", account="branch", locations=(place,)
        )
        place_id, email = place.id, person.email
    customer = customer_id(filing)
    (own,) = add_claims(filing, {"location_id": place_id, "customer_id": customer, "products": ["intune"]})
    page = filing.browser(email).visit(f"/customers/{customer}")
    assert own in page.region("customer-claims")
    assert elsewhere not in page.content.decode()
    assert "What your organization has with this customer at the locations that are open to you." in page.text
    assert "There is no association there." in page.region("customer-associations")
    assert "Teams" not in page.region("customer-products")


@SQLITE
def test_dashboard_and_claim_lead_to_it(filing: Filing, partner: Browser) -> None:
    number = filing.draft()
    address = f"/customers/{customer_id(filing)}"
    assert address in partner.visit("/claims").links().values()
    assert address in partner.visit(f"/claims/{number}").links().values()
