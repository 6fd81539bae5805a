"""The wizard: a draft from the first step to its submission, with every step reachable and nothing lost."""

from typing import Any

import pytest

from portal.claims.own_customers import CUSTOMERS_AT_MOST
from portal.claims.wizard import STEPS
from portal.db import transaction
from tests.browser import Browser
from tests.documents import docx, pdf
from tests.factories import customer as a_customer
from tests.form_filling import File
from tests.portal.claims.rows import add_claims, customer_id, location_id
from tests.portal.reviews.filing import Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TENANT = "8c0e3a9c-6a53-4f3f-8c59-2d4a4f7c1b77"
CONTACTS: dict[str, Any] = {
    "customer_contact_name": "Casey Lind",
    "customer_contact_title": "Head of IT",
    "customer_contact_email": "casey@adatum.example",
    "own_contact_name": "Ines Morel",
    "own_contact_email": "ines@contoso.example",
    "name": "Adatum autumn",
}


def begun(filing: Filing, browser: Browser) -> str:
    """Create a draft through the first step and return its number."""
    browser.visit("/claims/new")
    page = browser.fill_and_submit("Save and go on", location=str(location_id(filing)))
    return page.path.split("/")[2]


def step(browser: Browser, number: str, code: str) -> None:
    browser.visit(f"/claims/{number}/wizard/{code}")


@SQLITE
def test_from_the_location_to_the_submission(filing: Filing, partner: Browser) -> None:
    partner.click("Create claim")
    assert "not a resale relation of the Cloud Solution Provider (CSP) program" in partner.page.text
    partner.fill_and_submit("Save and go on", location=str(location_id(filing)))
    assert partner.page.heading == "Customer"
    partner.fill_and_submit("Save and go on", customer=str(customer_id(filing)))
    assert partner.page.heading == "Activity"
    partner.fill_and_submit("Save and go on", activity="use_or_consume")
    assert partner.page.heading == "Products"
    partner.fill_and_submit("Save and go on", product=["teams", "intune"])
    assert partner.page.heading == "Contacts and name"
    partner.fill_and_submit("Save and go on", **CONTACTS)
    assert partner.page.heading == "Proof of execution"
    partner.fill_and_submit("Save and go on", document=[pdf("One", "Two"), docx("Three")], commentary="Both.")
    assert partner.page.heading == "Review and submit"
    assert "Nothing is missing" in partner.page.region("findings")
    assert "Microsoft Intune Microsoft Teams" in partner.page.text
    page = partner.fill_and_submit("Submit")
    assert "is now in status “Submitted”" in page.region("flashes")
    assert page.heading == "Adatum autumn"


@SQLITE
def test_add_customer_begins_with_the_customer(filing: Filing, partner: Browser) -> None:
    partner.click("Add customer")
    page = partner.fill_and_submit(
        "Save and go on",
        location=str(location_id(filing)),
        customer_name="Zürich Uhren",
        customer_domain="Uhren.Example",
        customer_tenant_id=f"{{{TENANT.upper()}}}",
    )
    assert page.heading == "Activity"
    partner.click(page.path.split("/")[2])
    details = partner.page.region("claim-details")
    for words in ("Zürich Uhren", "uhren.example", TENANT):
        assert words in details


@SQLITE
def test_a_customer_that_cannot_be_taken_is_told_and_nothing_is_lost(
    filing: Filing, partner: Browser
) -> None:
    partner.click("Add customer")
    page = partner.fill_and_submit(
        "Save and go on",
        status=422,
        location=str(location_id(filing)),
        customer_name="Adatum <b>",
        customer_domain="https://adatum.example",
        customer_tenant_id="soon",
    )
    assert len(page.select(".field-error")) == 2
    assert page.field("customer_name") == "Adatum <b>"
    assert page.field("customer_domain") == "https://adatum.example"
    assert page.field("customer_tenant_id") == "soon"
    assert page.select("select[name=location] option[selected]")[0].get("value") == str(location_id(filing))
    assert "There are no claims yet" in partner.visit("/claims").text


@SQLITE
def test_the_location_must_be_one_of_the_own(filing: Filing, partner: Browser) -> None:
    for location in ("", "0", str(location_id(filing, "fabrikam"))):
        partner.visit("/claims/new")
        page = partner.post("/claims/new", status=422, location=location)
        assert "Choose one of your organization’s locations." in page.text
    partner.visit("/claims/new")
    partner.post("/claims/new", status=422)
    assert "There are no claims yet" in partner.visit("/claims").text


@SQLITE
def test_every_finding_leads_to_the_step_that_mends_it(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    step(partner, number, "activity")
    partner.fill_and_submit("Save and go on", activity="usage_recognition")
    partner.fill_and_submit("Save and go on", product=["power_bi"])
    step(partner, number, "review")
    findings = {
        row.get("data-reason"): row.xpath(".//a/@href")[0].rpartition("/")[2]
        for row in partner.page.select("#findings li")
    }
    assert findings == {
        "no_customer": "customer",
        "no_subscription": "products",
        "customer_contact_incomplete": "contacts",
        "technical_contact_incomplete": "contacts",
        "own_contact_incomplete": "contacts",
        "no_readable_poe": "evidence",
    }
    assert "Submit (disabled)" in partner.page.buttons()
    done = partner.page.texts(".steps .is-done")
    assert done == ["Location", "Activity"]


@SQLITE
def test_every_step_is_reachable_from_every_step(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    for one in STEPS:
        step(partner, number, one.code)
        assert partner.page.heading == one.label
        assert set(partner.page.texts(".steps [aria-current=step] .way")) == {str(one.label)}
        ways = [
            way.get("value") or way.get("href").rpartition("/")[2]
            for way in partner.page.select(".steps .way")
        ]
        assert list(dict.fromkeys(ways)) == [each.code for each in STEPS]
    partner.visit(f"/claims/{number}/wizard/nowhere", status=404)


@SQLITE
def test_save_and_leave_keeps_what_was_typed(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    step(partner, number, "contacts")
    page = partner.fill_and_submit("Save and leave", own_contact_name="Ines Morel")
    assert page.path == f"/claims/{number}"
    assert "Ines Morel" in page.region("claim-details")


@SQLITE
def test_mistakes_come_back_at_their_fields_with_everything_typed(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    step(partner, number, "contacts")
    page = partner.fill_and_submit(
        "Save and go on", status=422, **CONTACTS | {"customer_contact_email": "casey at adatum"}
    )
    assert page.heading == "Contacts and name"
    assert page.field("customer_contact_email") == "casey at adatum"
    assert page.field("name") == "Adatum autumn"
    assert "Enter the e-mail address of the customer contact" in page.region("customer_contact_email-error")
    assert partner.fill_and_submit(
        "Save and go on", customer_contact_email="casey@adatum.example"
    ).heading == ("Proof of execution")


@SQLITE
def test_a_file_that_cannot_be_read_is_refused_and_the_rest_is_kept(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    step(partner, number, "evidence")
    broken = File("letter.pdf", b"%PDF-1.4 this is no document")
    page = partner.fill_and_submit("Save and go on", status=422, document=broken, commentary="Two\nlines.")
    assert page.field("commentary") == "Two\nlines."
    assert "letter.pdf" in page.region("failure")
    assert "Choose the files again" not in page.region("failure"), "it would be refused once more"
    assert "There is no document yet" in page.region("documents")


@SQLITE
def test_documents_are_replaced_and_withdrawn_without_leaving_the_step(
    filing: Filing, partner: Browser
) -> None:
    number = begun(filing, partner)
    step(partner, number, "evidence")
    page = partner.fill_and_submit(
        "Upload and stay here", document=[pdf("a", name="a.pdf"), pdf("b", name="b.pdf")]
    )
    assert page.heading == "Proof of execution"
    page = partner.fill_and_submit("Replace a.pdf", document=docx("c", name="c.docx"))
    assert page.texts("#documents .document-name") == ["b.pdf", "c.docx"]
    page = partner.fill_and_submit("Withdraw b.pdf")
    assert page.texts("#documents .document-name") == ["c.docx"]
    page = partner.fill_and_submit("Replace c.docx", status=422)
    assert "Choose a file first" in page.region("failure")


@SQLITE
def test_a_customer_is_found_by_any_part_of_what_is_known(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    for find, found in (("ADÀTUM", 1), ("adatum.example", 1), ("3f0e3a9c", 1), ("nowhere", 0)):
        partner.visit(f"/claims/{number}/wizard/customer?find={find}")
        assert len(partner.page.select("input[name=customer]")) == found, find


@SQLITE
def test_products_of_another_area_are_not_offered(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    step(partner, number, "activity")
    page = partner.fill_and_submit("Save and go on", activity="use_or_consume")
    offered = {box.get("value") for box in page.select("input[name=product]")}
    assert "teams" in offered
    assert "power_bi" not in offered
    page = partner.fill_and_submit("Save and go on", status=422)
    assert "Choose at least one product" in page.region("product-error")


@SQLITE
def test_a_stale_step_says_what_changed_and_is_sent_again(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    step(partner, number, "contacts")
    other = filing.browser("global@contoso.example")
    step(other, number, "activity")
    other.fill_and_submit("Save and go on", activity="use_or_consume")
    page = partner.fill_and_submit("Save and go on", status=409, **CONTACTS)
    assert "Global of Contoso: Save changes." in page.region("failure")
    assert page.field("name") == "Adatum autumn"
    assert partner.fill_and_submit("Save and go on").heading == "Proof of execution"


@SQLITE
def test_a_submitted_claim_is_shown_and_not_filled(filing: Filing, partner: Browser) -> None:
    number = filing.submitted()
    page = partner.visit(f"/claims/{number}/wizard/contacts")
    assert page.path == f"/claims/{number}"


@SQLITE
def test_what_others_hold_is_good_to_know_and_names_nobody(filing: Filing, partner: Browser) -> None:
    filing.submitted("fabrikam")
    number = filing.draft("contoso")
    step(partner, number, "review")
    assert "There is another claim for Microsoft Teams" in partner.page.region("information")
    assert "Fabrikam" not in partner.page.text
    assert "Submit" in partner.page.buttons()


@SQLITE
def test_the_last_step_tells_what_each_step_filled_in_and_leads_back_to_it(
    filing: Filing, partner: Browser
) -> None:
    number = filing.draft()
    step(partner, number, "review")
    parts = partner.page.select(".summary-part")
    ways = [part.xpath(".//a/@href")[0].rpartition("/")[2] for part in parts]
    assert ways == [one.code for one in STEPS[:-1]]
    told = " ".join(parts[ways.index("contacts")].text_content().split())
    assert told.startswith("Contacts and name Change Contacts and name")
    assert "@adatum.example" in told


@SQLITE
def test_the_chosen_customer_stands_first_and_stays_ticked(filing: Filing, partner: Browser) -> None:
    with filing.context(), transaction() as session:
        owner = session.merge(filing.house.contoso)
        made = [a_customer(session, owner, f"Before {place:02}") for place in range(CUSTOMERS_AT_MOST)]
        chosen = a_customer(session, owner, "Zürich Uhren").id
        first = made[0].id
    (number,) = add_claims(filing, {"customer_id": chosen})
    for find in ("", "?find=before", "?find=nowhere"):
        partner.visit(f"/claims/{number}/wizard/customer{find}")
        boxes = partner.page.select("#known input[name=customer]")
        assert boxes[0].get("value") == str(chosen), find
        assert [box.get("value") for box in boxes if box.get("checked") is not None] == [str(chosen)]
        assert len(boxes) <= CUSTOMERS_AT_MOST
    assert partner.fill_and_submit("Save and go on").heading == "Activity"
    step(partner, number, "customer")
    assert partner.page.select(f"#customer-{first}"), "the others follow in their order"


@SQLITE
def test_whoever_leaves_may_leave_required_fields_open(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    for one in STEPS[:-1]:
        step(partner, number, one.code)
        leaving = [row for row in partner.page.select("button") if row.text_content() == "Save and leave"]
        assert [row.get("formnovalidate") is not None for row in leaving] == [True]
        going = [row for row in partner.page.select("button") if row.text_content() == "Save and go on"]
        assert [row.get("formnovalidate") for row in going] == [None]
    step(partner, number, "activity")
    assert partner.fill_and_submit("Save and leave").path == f"/claims/{number}"


def at_products(filing: Filing, partner: Browser) -> str:
    """Bring a draft whose activity needs subscription IDs to the step of the products."""
    number = begun(filing, partner)
    step(partner, number, "activity")
    partner.fill_and_submit("Save and go on", activity="usage_recognition")
    return number


@SQLITE
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("SUB 1", "Enter one subscription ID for Power BI, without blanks inside."),
        ("S" * 101, "Enter the subscription ID of Power BI alone; it has at most 100 characters"),
    ],
)
def test_what_can_be_no_subscription_id_is_told_at_its_field(
    filing: Filing, partner: Browser, typed: str, told: str
) -> None:
    at_products(filing, partner)
    given: dict[str, Any] = {"subscription_power_bi": typed, "subscription_power_apps": "SUB-2"}
    page = partner.fill_and_submit("Save and go on", status=422, product=["power_bi", "power_apps"], **given)
    assert told in page.region("subscription_power_bi-error")
    assert [row.get("name") for row in page.select("[aria-invalid]")] == ["subscription_power_bi"]
    assert page.field("subscription_power_bi") == typed
    assert page.field("subscription_power_apps") == "SUB-2"


@SQLITE
@pytest.mark.parametrize("typed", ["SUB-1", "3f0e3a9c-6a53-4f3f-8c59-2d4a4f7c1b11", "{3F0E3A9C}", "S" * 100])
def test_whatever_a_subscription_may_be_called_is_taken(filing: Filing, partner: Browser, typed: str) -> None:
    number = at_products(filing, partner)
    partner.fill_and_submit("Save and go on", product=["power_bi"], subscription_power_bi=f" {typed} ")
    assert typed in partner.visit(f"/claims/{number}").region("claim-details")


@SQLITE
def test_a_subscription_id_beside_no_product_is_not_lost(filing: Filing, partner: Browser) -> None:
    number = at_products(filing, partner)
    page = partner.fill_and_submit("Save and go on", status=422, subscription_power_bi="SUB-1")
    assert page.texts(".field-error") == ["To correct: Choose Power BI too, or clear its subscription ID."]
    assert page.field("subscription_power_bi") == "SUB-1"
    both: dict[str, Any] = {"subscription_power_bi": "SUB-1", "subscription_power_apps": "SUB-2"}
    partner.fill_and_submit("Save and go on", product=["power_bi", "power_apps"], **both)
    step(partner, number, "products")
    partner.fill_and_submit("Save and go on", product=["power_bi"])  # the other one goes with its ID
    assert "SUB-2" not in partner.visit(f"/claims/{number}").region("claim-details")
    step(partner, number, "products")
    page = partner.fill_and_submit(
        "Save and go on", status=422, product=["power_apps"], subscription_power_bi="SUB-3"
    )
    assert "Choose Power BI too" in page.region("failure")


@SQLITE
def test_what_the_rules_find_is_told_at_its_step_and_on_the_way_on(filing: Filing, partner: Browser) -> None:
    number = at_products(filing, partner)
    assert not partner.page.select("#early"), "what was not begun is no mistake"
    page = partner.fill_and_submit("Save and go on", product=["power_bi"])
    assert page.heading == "Contacts and name"
    assert page.region("early").endswith("Enter it beside the product. Go to Products")
    partner.fill_and_submit("Go to Products")
    assert "For Power BI the subscription ID is missing." in partner.page.region("early")
    assert "Go to Products" not in partner.page.region("early")
    page = partner.fill_and_submit("Save and go on", subscription_power_bi="SUB-1")
    assert not page.select("#early")
    step(partner, number, "customer")
    partner.fill_and_submit("Save and go on", customer=str(customer_id(filing)))
    step(partner, number, "contacts")
    partner.fill_and_submit(
        "Save and go on", **CONTACTS | {"customer_contact_email": "casey@elsewhere.example"}
    )
    step(partner, number, "contacts")
    told = {row.get("data-reason") for row in partner.page.select("#early li")}
    assert told == {"customer_contact_elsewhere", "technical_contact_incomplete"}


@SQLITE
def test_who_fills_the_claim_is_proposed_as_its_own_contact(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    step(partner, number, "contacts")
    assert partner.page.field("own_contact_name") == "Incentives of Contoso"
    assert partner.page.field("own_contact_email") == "incentives@contoso.example"
    assert filing.claim(number).own_contact_name == "", "nothing is saved before the step is"
    page = partner.fill_and_submit(
        "Save and go on",
        status=422,
        own_contact_name="",
        own_contact_email="",
        customer_contact_email="casey at adatum",
    )
    assert page.field("own_contact_name") == "", "what was cleared stays so"
    step(partner, number, "contacts")
    partner.fill_and_submit("Save and go on", own_contact_name="Gloria Adams")
    step(partner, number, "contacts")
    assert partner.page.field("own_contact_name") == "Gloria Adams"


@SQLITE
def test_mistakes_lead_to_their_fields_and_what_came_back_stands_below_them(
    filing: Filing, partner: Browser
) -> None:
    number = begun(filing, partner)
    step(partner, number, "customer")
    assert partner.page.texts("h2.card-title") == ["Choose a customer you know", "Add customer"]
    page = partner.fill_and_submit(
        "Add customer", status=422, customer_name="A", customer_domain="a", customer_tenant_id="a"
    )
    links = [link.get("href") for link in page.select("#failure a")]
    assert links == ["#customer_domain", "#customer_tenant_id"]
    assert page.texts("h2.card-title") == ["Add customer", "Choose a customer you know"]
    step(partner, number, "evidence")
    page = partner.fill_and_submit("Save and go on", status=422, document=File("a.pdf", b"%PDF-1.4 no"))
    assert [link.get("href") for link in page.select("#failure a")] == ["#document"]


@SQLITE
def test_nothing_is_left_unsaved_on_the_last_step(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    step(partner, number, "evidence")
    assert "Leave without saving" in partner.page.links()
    step(partner, number, "review")
    assert "Leave" in partner.page.links()
    assert "Leave without saving" not in partner.page.links()


@SQLITE
def test_the_limits_of_documents_are_told_before_one_is_chosen(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    step(partner, number, "evidence")
    hint = partner.page.region("document-hint")
    assert "each with at most 10 MB" in hint
    assert "a claim holds at most 20 documents" in hint
    page = partner.fill_and_submit("Upload and stay here", document=[pdf("a", name="a.pdf")] * 2)
    assert page.texts("#documents .document-name") == ["a.pdf"], "chosen twice, it is one document"
    assert "each with at most 10 MB" in page.select("[id^=replace-][id$=-hint]")[0].text_content()


@SQLITE
def test_the_contacts_say_whether_a_technical_one_is_asked_for(filing: Filing, partner: Browser) -> None:
    number = begun(filing, partner)
    step(partner, number, "contacts")
    assert "that depends on the activity, which you have not chosen yet" in partner.page.text
    told = []
    for activity in ("use_or_consume", "usage_recognition"):
        step(partner, number, "activity")
        partner.fill_and_submit("Save and go on", activity=activity)
        step(partner, number, "contacts")
        told.append("This solution area asks for one." in partner.page.text)
    assert told == [False, True]


@SQLITE
def test_claims_for_the_same_customer_are_told_before_the_work_is_done(
    filing: Filing, partner: Browser
) -> None:
    here = customer_id(filing)
    row = {"customer_id": here, "activity": "use_or_consume"}
    number, other, closed, elsewhere = add_claims(
        filing,
        row,
        {**row, "status": "approved", "products": ("teams",)},
        {**row, "status": "rejected_final", "closed": True, "products": ("intune",)},
        {"activity": "use_or_consume"},
    )
    for code in ("customer", "activity", "products"):
        step(partner, number, code)
        told = partner.page.region("same-customer")
        assert f"{other} Approved Microsoft Teams" in told
        assert closed not in told
        assert elsewhere not in told
        assert number not in told
        links = partner.page.select("#same-customer a")
        assert {link.get("target") for link in links} == {"_blank"}, "what was typed stays where it is"
    step(partner, elsewhere, "customer")
    assert not partner.page.select("#same-customer")


@SQLITE
def test_what_is_worth_knowing_of_a_product_is_told_where_it_is_chosen(
    filing: Filing, partner: Browser
) -> None:
    filing.submitted("fabrikam", "teams")
    number = filing.draft("contoso", "teams")
    step(partner, number, "products")
    assert "There is another claim for Microsoft Teams" in partner.page.region("information")
    assert "Fabrikam" not in partner.page.text


@SQLITE
def test_a_subscription_says_whether_it_is_needed(filing: Filing, partner: Browser) -> None:
    for activity, words in (("usage_recognition", "needed"), ("build_intent_advisor", "optional")):
        (number,) = add_claims(filing, {"activity": activity})
        step(partner, number, "products")
        labels = partner.page.texts(".choice-more label")
        assert labels
        assert all(label.endswith(f"({words} for this activity)") for label in labels)
