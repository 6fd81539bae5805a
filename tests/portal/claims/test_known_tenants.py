"""A tenant known under another name or domain: asked about, then used or corrected, never silently."""

import threading
import time

import pytest

from portal.accounts.actor import Actor
from portal.accounts.model import Organization
from portal.audit.model import AuditEvent
from portal.claims.acting import act
from portal.claims.answers import Answers
from portal.claims.queries import find_claim
from portal.claims.refusals import Invalid
from portal.customers.adding import OWN_DOMAIN
from portal.customers.model import Customer
from portal.db import db, transaction
from tests import factories
from tests.bare_app import at_once
from tests.browser import Browser, Page
from tests.factories import SHARED_TENANT
from tests.portal.claims.rows import add_claims, customer_id, location_id
from tests.portal.reviews.filing import Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
KNOWN = "known_customer"
LONG_ENOUGH_TO_WAIT = 0.5  # seconds; where the other one is slower still, nothing is proved and nothing fails


def customer(filing: Filing) -> tuple[str, str]:
    """Return name and domain under which Contoso knows the shared tenant."""
    with filing.context():
        row = db.session.get_one(Customer, customer_id(filing))
        return row.name, row.domain


def begun(filing: Filing) -> str:
    return add_claims(filing, {"location_id": location_id(filing)})[0]


def add(browser: Browser, number: str, *, name: str, domain: str, status: int = 422) -> Page:
    browser.visit(f"/claims/{number}/wizard/customer")
    return browser.fill_and_submit(
        "Add customer",
        status=status,
        customer_name=name,
        customer_domain=domain,
        customer_tenant_id=SHARED_TENANT.upper(),
    )


def choices(page: Page) -> list[str]:
    return [box.get("value") for box in page.select(f"input[name={KNOWN}]")]


@SQLITE
def test_another_name_is_asked_about_and_nothing_typed_is_lost(filing: Filing, partner: Browser) -> None:
    number, row = begun(filing), customer_id(filing)
    page = add(partner, number, name="Adatum Ltd", domain="adatum.test")
    known = "Your organization knows this tenant as Adatum (adatum.example)."
    told = f"{known} Use it, or correct its name and domain."
    assert told in page.region(f"{KNOWN}-error")
    assert page.links()[told] == f"#{KNOWN}"
    assert (page.field("customer_name"), page.field("customer_domain")) == ("Adatum Ltd", "adatum.test")
    assert page.field("customer_tenant_id") == SHARED_TENANT.upper()
    assert choices(page) == [f"use-{row}", f"correct-{row}"]
    assert filing.claim(number).customer_id is None
    assert customer(filing) == ("Adatum", "adatum.example")


@SQLITE
def test_the_known_customer_is_used_as_it_is(filing: Filing, partner: Browser) -> None:
    number = begun(filing)
    page = add(partner, number, name="Adatum Ltd", domain="nonsense")
    assert not page.select(f"#{KNOWN}"), "what is no customer at all is told first"
    add(partner, number, name="Adatum Ltd", domain="adatum.test")
    page = partner.fill_and_submit("Go on with this customer", known_customer=f"use-{customer_id(filing)}")
    assert page.heading == "Activity"
    assert filing.claim(number).customer_id == customer_id(filing)
    assert customer(filing) == ("Adatum", "adatum.example")


def test_a_known_customer_is_corrected_while_no_claim_for_it_was_submitted(
    filing: Filing, partner: Browser
) -> None:
    filing.submitted("fabrikam")  # another organization's claims do not matter
    number, other = add_claims(filing, {}, {"customer_id": customer_id(filing)})
    add(partner, number, name="Adatum Ltd", domain="adatum.test")
    page = partner.fill_and_submit(
        "Go on with this customer", known_customer=f"correct-{customer_id(filing)}"
    )
    assert page.heading == "Activity"
    assert customer(filing) == ("Adatum Ltd", "adatum.test")
    assert other in partner.visit("/claims?q=adatum.test").text, "other drafts are found by the new domain"
    with filing.context():
        event = db.session.query(AuditEvent).filter_by(subject=f"claim:{number}").one()
        assert event.details["corrected"] == {
            SHARED_TENANT: [["Adatum", "adatum.example"], ["Adatum Ltd", "adatum.test"]]
        }
        noted = db.session.query(AuditEvent).filter_by(subject=f"claim:{other}").one()
        assert (noted.action, noted.details["version"]) == ("customer_corrected", 2)
        assert noted.details["changes"]["customer"][1][:2] == ["Adatum Ltd", "adatum.test"]
    assert "The customer was corrected" in partner.visit(f"/claims/{other}").region("claim-timeline")


def test_a_form_that_showed_the_customer_before_its_correction_is_out_of_date(
    filing: Filing, partner: Browser
) -> None:
    number, other = filing.draft(product="intune"), begun(filing)
    partner.visit(f"/claims/{number}/wizard/review")
    form = partner.filled("Submit")
    add(partner, other, name="Another Company", domain="another.example")
    partner.fill_and_submit("Go on with this customer", known_customer=f"correct-{customer_id(filing)}")
    partner.visit(f"/claims/{number}/wizard/review")
    page = partner.send_filled(form, status=409)
    assert "The customer was corrected, on another draft for the same customer." in page.text
    assert filing.claim(number).status == "draft"


def branch(filing: Filing) -> tuple[Browser, str]:
    """Return somebody of Contoso who is restricted to Munich, and the number of their draft there."""
    with filing.context(), transaction() as session:
        owner = session.get_one(Organization, filing.actors["incentives@contoso.example"].organization_id)
        munich = factories.location(session, owner, name="Munich")
        person = factories.person(session, owner, "incentives_admin", account="ben", locations=(munich,))
        place, email = munich.id, person.email
    return filing.browser(email), add_claims(filing, {"location_id": place})[0]


def test_nobody_corrects_a_customer_of_claims_that_they_may_not_see(filing: Filing) -> None:
    unseen = add_claims(filing, {"location_id": location_id(filing), "customer_id": customer_id(filing)})[0]
    ben, number = branch(filing)
    row = customer_id(filing)
    page = add(ben, number, name="Hijacked", domain="hijacked.example")
    assert "of a location that is not open to you" in page.region(f"{KNOWN}-error")
    assert choices(page) == [f"use-{row}"]
    page = ben.post(
        f"/claims/{number}/edit",
        status=422,
        version=page.field("version"),
        step="customer",
        customer_name="Hijacked",
        customer_domain="hijacked.example",
        customer_tenant_id=SHARED_TENANT,
        known_customer=f"correct-{row}",
    )
    assert customer(filing) == ("Adatum", "adatum.example")
    assert filing.claim(unseen).version == 1


@SQLITE
def test_customers_of_other_locations_are_neither_offered_nor_taken_nor_shown(filing: Filing) -> None:
    row = customer_id(filing)
    add_claims(filing, {"location_id": location_id(filing), "customer_id": row})
    ben, number = branch(filing)
    page = ben.visit(f"/claims/{number}/wizard/customer")
    assert page.select("input[name=customer]") == []
    answer = ben.post(
        f"/claims/{number}/edit",
        status=422,
        version=page.field("version"),
        step="customer",
        customer=str(row),
    )
    assert "Choose a customer from the list" in answer.text
    assert "Adatum" not in ben.visit("/claims/new").text
    ben.visit(f"/customers/{row}", status=404)
    add(ben, number, name="Adatum", domain="adatum.example", status=200)
    assert "Adatum" in ben.visit(f"/customers/{row}").text, "whoever has a claim for it knows it"


def test_what_stands_on_a_submitted_claim_is_not_corrected(filing: Filing, partner: Browser) -> None:
    filing.submitted()
    number, row = begun(filing), customer_id(filing)
    page = add(partner, number, name="Adatum", domain="adatun.example")
    told = page.region(f"{KNOWN}-error")
    assert "stand on a claim that your organization submitted" in told
    assert "ask the operator" in told
    assert choices(page) == [f"use-{row}"]
    page = partner.post(
        f"/claims/{number}/edit",
        status=422,
        version=page.field("version"),
        step="customer",
        customer_name="Adatum",
        customer_domain="adatun.example",
        customer_tenant_id=SHARED_TENANT,
        known_customer=f"correct-{row}",
    )
    assert "ask the operator" in page.region("failure")
    assert customer(filing) == ("Adatum", "adatum.example")
    assert filing.claim(number).customer_id is None


def test_a_correction_waits_for_a_claim_that_is_being_submitted(filing: Filing) -> None:
    submitted, number = filing.draft(), filing.draft(product="intune")
    actor: Actor = filing.actors["incentives@contoso.example"]
    typed = {
        "customer_name": ("Adatum Ltd",),
        "customer_domain": ("adatum.example",),
        "customer_tenant_id": (SHARED_TENANT,),
        KNOWN: (f"correct-{customer_id(filing)}",),
    }
    locked = threading.Event()
    told: list[str] = []

    def submit() -> None:
        with filing.context(), transaction() as session:
            claim = find_claim(session, filing.desk, submitted, actor, lock=True)
            claim.first_submitted_at = filing.clock.now()
            session.flush()
            locked.set()
            time.sleep(LONG_ENOUGH_TO_WAIT)

    def correct() -> None:
        assert locked.wait(60)
        with filing.context():
            try:
                act(filing.desk, "edit", number, actor, Answers(typed))
            except Invalid as invalid:
                told.extend(invalid.errors)

    at_once([submit, correct])
    assert told == [KNOWN]
    assert customer(filing) == ("Adatum", "adatum.example")


@SQLITE
def test_what_was_chosen_for_one_tenant_is_not_done_to_another(filing: Filing, partner: Browser) -> None:
    number = begun(filing)
    add(partner, number, name="Adatum Ltd", domain="adatum.test")
    filled = partner.filled("Go on with this customer", known_customer=f"correct-{customer_id(filing)}")
    values = [(name, text if name != KNOWN else "correct-999") for name, text in filled.values]
    page = partner.send_filled(type(filled)(filled.method, filled.action, values, []), status=422)
    assert "Your organization knows this tenant as Adatum" in page.region("failure")
    assert customer(filing) == ("Adatum", "adatum.example")


@SQLITE
def test_the_first_page_asks_too_and_keeps_the_location(filing: Filing, partner: Browser) -> None:
    page = partner.click("Add customer")
    assert page.heading == "Add customer and begin a claim"
    typed = {"customer_name": "Adatum Ltd", "customer_domain": "adatum.test"}
    page = partner.fill_and_submit(
        "Save and go on",
        status=422,
        location=str(location_id(filing)),
        customer_tenant_id=SHARED_TENANT,
        **typed,
    )
    assert "Your organization knows this tenant as Adatum (adatum.example)" in page.region(f"{KNOWN}-error")
    assert page.field("customer_name") == "Adatum Ltd"
    page = partner.fill_and_submit("Save and go on", known_customer=f"correct-{customer_id(filing)}")
    assert page.heading == "Activity"
    assert customer(filing) == ("Adatum Ltd", "adatum.test")


@SQLITE
def test_the_own_domain_is_refused_where_the_customer_is_added(filing: Filing, partner: Browser) -> None:
    number = begun(filing)
    page = add(partner, number, name="Adatum", domain="contoso.example")
    assert str(OWN_DOMAIN) in page.region("customer_domain-error")
    assert page.field("customer_domain") == "contoso.example"
    assert page.heading == "Customer"
