"""Ways out of a step of the wizard: what was typed is saved on each; where nothing was, nothing changes."""

from typing import Any

import pytest
from sqlalchemy import func, select

from portal.audit.model import AuditEvent
from portal.claims.model import Claim, ClaimProduct
from portal.claims.wizard import STEPS
from portal.db import db, transaction
from tests.browser import Browser, Page
from tests.documents import pdf
from tests.factories import PASSWORD
from tests.factories import customer as a_customer
from tests.factories import location as a_location
from tests.form_filling import File, Filled, Given
from tests.portal.claims.conftest import PARTNER
from tests.portal.claims.rows import add_claims, customer_id
from tests.portal.claims.test_wizard import CONTACTS, TENANT, at_products, begun, step
from tests.portal.reviews.filing import Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WITH_FORM = [one.code for one in STEPS[:-1]]


def going_to(browser: Browser, code: str, form: str = "step", **given: Given) -> Filled:
    """Return what the form of the page sends when the step `code` is pressed in the list of steps."""
    (way,) = browser.page.select(f".steps .way[form={form}][value={code}]")
    assert way.get("formnovalidate") is not None, "the browser lets nobody leave with a field open"
    filled = browser.filled(f"#{form}", **given)
    values = [pair for pair in filled.values if pair[0] != "go"]
    return Filled(filled.method, filled.action, [*values, (way.get("name"), code)], filled.files)


def left(browser: Browser, code: str, form: str = "step", *, status: int = 200, **given: Given) -> Page:
    return browser.send_filled(going_to(browser, code, form, **given), status=status)


def known(filing: Filing, number: str) -> tuple[int, int]:
    """Return the version of the claim, and how many events the audit has of it."""
    with filing.context():
        events = select(func.count()).where(AuditEvent.subject == f"claim:{number}")
        count = db.session.scalar(events)
    return filing.claim(number).version, count or 0


@SQLITE
@pytest.mark.parametrize(
    ("way", "heading"),
    [
        ("Back to Contacts and name", "Contacts and name"),
        ("Location", "Location"),
        ("Review and submit", "Review and submit"),
        ("Proof of execution", "Proof of execution"),
        ("Go to Products", "Products"),
    ],
)
def test_a_commentary_is_saved_on_every_way_out_of_its_step(
    filing: Filing, partner: Browser, way: str, heading: str
) -> None:
    number = at_products(filing, partner)
    partner.fill_and_submit("Save and go on", product=["power_bi"])  # whose subscription is missing
    step(partner, number, "evidence")
    page = partner.fill_and_submit(way, commentary="Page 2\nlists them.")
    assert page.heading == heading
    assert filing.claim(number).commentary.splitlines() == ["Page 2", "lists them."]
    assert "Saved" not in page.text, "as little is said as by the button that goes on"


@SQLITE
def test_every_step_saves_what_was_given_and_leads_to_the_step_that_was_asked_for(
    filing: Filing, partner: Browser
) -> None:
    number = begun(filing, partner)
    with filing.context(), transaction() as session:
        owner = session.merge(filing.house.contoso)
        place = a_location(session, owner, name="Munich").id
    given: dict[str, Any]
    for code, form, given in (
        ("location", "step", {"location": str(place)}),
        ("customer", "known", {"customer": str(customer_id(filing))}),
        ("activity", "step", {"activity": "use_or_consume"}),
        ("products", "step", {"product": ["teams", "intune"]}),
        ("contacts", "step", CONTACTS),
        ("evidence", "step", {"document": pdf("One", name="one.pdf")}),
    ):
        step(partner, number, code)
        before = known(filing, number)
        page = left(partner, "activity", form, **given)
        assert page.path == f"/claims/{number}/wizard/activity"
        assert known(filing, number) == (before[0] + 1, before[1] + 1), code
    claim = filing.claim(number)
    assert (claim.location_id, claim.customer_id) == (place, customer_id(filing))
    assert (claim.activity, claim.name) == ("use_or_consume", CONTACTS["name"])
    told = partner.visit(f"/claims/{number}/wizard/review").text
    assert "Microsoft Intune Microsoft Teams" in told
    assert "one.pdf" in told


@SQLITE
def test_a_new_customer_is_added_on_the_way_out(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    step(partner, number, "customer")
    given: dict[str, Any] = {
        "customer_name": "Zürich Uhren",
        "customer_domain": "uhren.example",
        "customer_tenant_id": TENANT,
    }
    page = left(partner, "evidence", "add", **given)
    assert page.heading == "Proof of execution"
    assert "Zürich Uhren" in partner.visit(f"/claims/{number}").region("claim-details")
    step(partner, number, "customer")
    page = left(partner, "location", "add", status=422, customer_name="Uhren")
    assert page.heading == "Customer"
    assert page.field("customer_name") == "Uhren", "half of a customer is none, and is not lost"


@SQLITE
def test_a_way_that_is_no_button_of_the_form_leads_to_the_activity(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    step(partner, number, "products")
    page = partner.fill_and_submit("Go to Activity", product=["teams"])
    assert page.heading == "Activity"
    assert products(filing, number) == ["teams"]


def products(filing: Filing, number: str) -> list[str]:
    with filing.context():
        rows = select(ClaimProduct.product).join(ClaimProduct.claim).where(Claim.number == number)
        return list(db.session.scalars(rows))


@SQLITE
def test_what_cannot_be_taken_comes_back_in_its_step_with_a_way_out(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    step(partner, number, "contacts")
    before = known(filing, number)
    broken = CONTACTS | {"customer_contact_email": "casey at adatum"}
    page = partner.fill_and_submit("Back to Products", status=422, **broken)
    assert page.heading == "Contacts and name"
    assert "Enter the e-mail address of the customer contact" in page.region("customer_contact_email-error")
    assert page.field("customer_contact_email") == "casey at adatum"
    assert page.field("name") == CONTACTS["name"]
    # Pressed again it is no step that was left as it was shown: it has what was typed in it.
    page = partner.fill_and_submit("Back to Products", status=422)
    assert page.field("customer_contact_email") == "casey at adatum"
    assert known(filing, number) == before
    assert page.links()["Leave without saving"] == f"/claims/{number}"
    page = partner.fill_and_submit("Back to Products", customer_contact_email="casey@adatum.example")
    assert page.heading == "Products"
    assert filing.claim(number).name == CONTACTS["name"]


@SQLITE
def test_a_file_that_cannot_be_read_comes_back_too(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    step(partner, number, "evidence")
    broken = File("letter.pdf", b"%PDF-1.4 this is no document")
    page = partner.fill_and_submit("Location", status=422, document=broken)
    assert page.heading == "Proof of execution"
    assert "letter.pdf" in page.region("failure")


def in_words(filing: Filing, partner: Browser) -> str:
    """Return a draft that was filled as a browser does it, with a subscription and lines of commentary."""
    number = at_products(filing, partner)
    both: dict[str, Any] = {"subscription_power_bi": "SUB-1", "subscription_power_apps": "SUB-2"}
    partner.fill_and_submit("Save and go on", product=["power_bi", "power_apps"], **both)
    partner.fill_and_submit("Save and go on", **CONTACTS, customer_contact_language="de")
    partner.fill_and_submit("Save and go on", commentary="One.\r\n\r\n  Two.\r\n", document=pdf("A"))
    step(partner, number, "customer")
    partner.fill_and_submit("#known", customer=str(customer_id(filing)))
    return number


@SQLITE
@pytest.mark.parametrize("which", ["begun", "filled", "of a policy that changed"])
def test_where_nothing_was_typed_nothing_changes(filing: Filing, partner: Browser, which: str) -> None:
    if which == "begun":
        number = begun(filing, partner)
    elif which == "filled":
        number = in_words(filing, partner)
    else:  # what no page offers any more, and no browser can send
        row: dict[str, Any] = {"location_id": None, "products": ["gone", "teams"]}
        (number,) = add_claims(filing, row | {"customer_contact_language": "xx", "own_contact_name": "Ines"})
    before = known(filing, number)
    for code in WITH_FORM:
        for form in ("known", "add") if code == "customer" else ("step",):
            step(partner, number, code)
            page = left(partner, "contacts", form)
            assert page.path == f"/claims/{number}/wizard/contacts"
            assert not page.select("#failure"), (code, form)
            assert known(filing, number) == before, (code, form)


@SQLITE
def test_what_was_cleared_or_unticked_was_not_left_as_it_was(filing: Filing, partner: Browser) -> None:
    number = in_words(filing, partner)
    step(partner, number, "products")
    left(partner, "contacts", product=["power_apps"], subscription_power_bi="")
    assert products(filing, number) == ["power_apps"]
    left(partner, "evidence", name="", customer_contact_language="")
    left(partner, "contacts", commentary="")
    claim = filing.claim(number)
    assert (claim.name, claim.customer_contact_language, claim.commentary) == ("", "", "")
    step(partner, number, "products")
    page = left(partner, "contacts", status=422, product=[], subscription_power_apps="")
    assert "At least one product has to stay" in page.region("failure")


@SQLITE
@pytest.mark.parametrize("way", ["Save and go on", "Proof of execution", "Review and submit"])
def test_whom_the_page_proposed_is_saved_by_going_on(filing: Filing, partner: Browser, way: str) -> None:
    number = begun(filing, partner)
    step(partner, number, "contacts")
    partner.fill_and_submit(way)
    claim = filing.claim(number)
    assert (claim.own_contact_name, claim.own_contact_email) == ("Incentives of Contoso", PARTNER)
    before = known(filing, number)
    step(partner, number, "contacts")
    left(partner, "evidence")
    assert known(filing, number) == before, "now it is what the claim says"


@SQLITE
def test_whom_the_page_proposed_is_not_saved_by_looking(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    before = known(filing, number)
    step(partner, number, "contacts")
    left(partner, "products")
    step(partner, number, "contacts")
    partner.click("Leave without saving")
    assert known(filing, number) == before
    step(partner, number, "contacts")
    left(partner, "products", name="Adatum autumn")
    assert filing.claim(number).own_contact_name == "Incentives of Contoso", "it stood in what was sent"


@SQLITE
def test_what_the_page_proposes_is_not_told_as_missing(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    filing.do("edit", number, PARTNER, customer_contact_name="Casey Lind")
    step(partner, number, "contacts")
    assert partner.page.reasons() == {"customer_contact_incomplete"}
    filing.do("edit", number, PARTNER, own_contact_name="Ines Morel")  # whose address nothing proposes
    step(partner, number, "contacts")
    assert partner.page.reasons() == {"customer_contact_incomplete", "own_contact_incomplete"}


@SQLITE
def test_who_typed_nothing_is_told_of_no_change_by_others_and_undoes_none(
    filing: Filing, partner: Browser
) -> None:
    number = begun(filing, partner)
    step(partner, number, "contacts")
    untouched = going_to(partner, "activity")
    onward = going_to(partner, "evidence")
    typed = going_to(partner, "activity", name="Ours")
    other = filing.browser("global@contoso.example")
    step(other, number, "contacts")
    other.fill_and_submit("Save and go on", own_contact_name="", own_contact_email="", name="Theirs")
    assert partner.send_filled(untouched).heading == "Activity"
    assert partner.send_filled(onward).heading == "Proof of execution", "the own contact was but proposed"
    claim = filing.claim(number)
    assert (claim.name, claim.own_contact_name) == ("Theirs", "")
    page = partner.send_filled(typed, status=409)
    assert page.heading == "Contacts and name"
    assert "Global of Contoso: Save changes." in page.region("failure")
    assert page.field("name") == "Ours"
    assert left(partner, "activity").heading == "Activity"
    assert filing.claim(number).name == "Ours"


@SQLITE
def test_a_claim_that_left_the_wizard_meanwhile_is_shown(filing: Filing, partner: Browser) -> None:
    number = filing.draft()
    step(partner, number, "evidence")
    untouched = going_to(partner, "activity")
    typed = going_to(partner, "activity", commentary="Typed too late.")
    filing.do("submit", number, PARTNER)
    assert partner.send_filled(untouched).path == f"/claims/{number}"
    page = partner.send_filled(typed, status=409)
    assert "Typed too late." in page.region("failure")
    assert not {"Shown", "Go", "Step"} & set(page.texts("#failure dt"))


@SQLITE
def test_a_claim_of_others_is_not_there_whatever_a_form_says(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    step(partner, number, "evidence")
    shown = partner.page.field("shown")
    stranger = filing.browser("incentives@fabrikam.example")
    stranger.visit("/claims")
    for noun in ("edit", "nowhere"):
        path = f"/claims/{number}/{noun}"
        stranger.post(path, status=404, step="evidence", go="activity", shown=shown, commentary="")
    partner.post(f"/claims/{number}/edit", status=409, step="evidence", go="activity", commentary="x")


@SQLITE
def test_the_last_step_has_nothing_to_lose_and_keeps_its_links(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    step(partner, number, "review")
    assert {way.tag for way in partner.page.select(".way")} == {"a"}
    assert partner.click("Back to Proof of execution").heading == "Proof of execution"
    assert {way.tag for way in partner.page.select(".way")} == {"button"}


@SQLITE
def test_what_is_kept_of_an_ended_session_stays_kept_for_who_leaves_without_typing(
    filing: Filing, partner: Browser
) -> None:
    number = begun(filing, partner)
    step(partner, number, "evidence")
    filing.wait(1)
    page = partner.fill_and_submit("Activity", commentary="Typed for an hour.")
    assert page.path.startswith("/sign-in")
    page = partner.sign_in(PARTNER, PASSWORD)
    assert page.path == f"/claims/{number}/wizard/evidence"
    assert "Typed for an hour." in page.region("kept-form")
    assert "Shown" not in page.region("kept-form")
    partner.fill_and_submit("Activity")
    step(partner, number, "evidence")
    assert "Typed for an hour." in partner.page.region("kept-form")
    partner.fill_and_submit("Activity", commentary="Typed for an hour.")
    assert not partner.page.select("#kept-form")
    assert filing.claim(number).commentary == "Typed for an hour."


@SQLITE
def test_a_search_for_customers_changes_nothing_of_what_the_step_showed(
    filing: Filing, partner: Browser
) -> None:
    (number,) = add_claims(filing, {"customer_id": customer_id(filing)})
    with filing.context(), transaction() as session:
        chosen = a_customer(session, session.merge(filing.house.contoso), "Wingtip Toys").id
    before = known(filing, number)
    for find in ("wingtip", "nowhere"):
        partner.visit(f"/claims/{number}/wizard/customer?find={find}")
        left(partner, "location", "known")
        assert known(filing, number) == before
    partner.visit(f"/claims/{number}/wizard/customer?find=wingtip")
    left(partner, "location", "known", customer=str(chosen))
    assert filing.claim(number).customer_id == chosen


@SQLITE
def test_a_step_that_was_left_as_it_was_takes_no_place_of_a_kept_form(
    filing: Filing, partner: Browser
) -> None:
    number = begun(filing, partner)
    step(partner, number, "contacts")
    untouched = going_to(partner, "location")
    step(partner, number, "evidence")
    filing.wait(1)
    partner.fill_and_submit("Activity", commentary="Typed for an hour.")
    partner.send_filled(untouched)
    partner.sign_in(PARTNER, PASSWORD)
    step(partner, number, "evidence")
    assert "Typed for an hour." in partner.page.region("kept-form")


@SQLITE
def test_the_same_form_by_another_way_is_the_same_form(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    step(partner, number, "evidence")
    once = going_to(partner, "contacts", commentary="Two quick presses.")
    twice = going_to(partner, "location", commentary="Two quick presses.")
    partner.send_filled(once)
    before = known(filing, number)
    assert partner.send_filled(twice).heading == "Location"
    assert known(filing, number) == before
