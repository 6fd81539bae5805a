"""What scripts quicken in the wizard: documents added as they are chosen, customers found as one types."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from portal.db import transaction
from tests.documents import pdf, picture
from tests.e2e.conftest import Window
from tests.e2e.keyboard import Keyboard
from tests.factories import PASSWORD as PASSWORD_OF_FILING
from tests.factories import customer as a_customer
from tests.form_filling import File
from tests.portal.claims.rows import add_claims, customer_id
from tests.portal.reviews.filing import Filing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.pages,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
PARTNER = "incentives@contoso.example"
# As a browser has it: files that were dragged from a folder.
DROP = """(zone, files) => {
  const carried = new DataTransfer();
  for (const [name, type, bytes] of files) {
    carried.items.add(new File([new Uint8Array(bytes)], name, { type }));
  }
  zone.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""
PASTE_INTO = """(field, files) => {
  const carried = new DataTransfer();
  for (const [name, type, bytes] of files) {
    carried.items.add(new File([new Uint8Array(bytes)], name, { type }));
  }
  const event = new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true });
  field.dispatchEvent(event);
  return event.defaultPrevented;
}"""
PASTE = """files => {
  const carried = new DataTransfer();
  for (const [name, type, bytes] of files) {
    carried.items.add(new File([new Uint8Array(bytes)], name, { type }));
  }
  const event = { clipboardData: carried, bubbles: true, cancelable: true };
  document.dispatchEvent(new ClipboardEvent("paste", event));
}"""


@pytest.fixture
def page(window: Window) -> Page:
    return window(PARTNER, 1280)


def draft(filing: Filing) -> str:
    row = {"name": "Adatum", "customer_id": customer_id(filing), "activity": "use_or_consume"}
    return add_claims(filing, row)[0]


def carried(*files: File) -> list[list[object]]:
    return [[file.name, "application/octet-stream", list(file.content)] for file in files]


def names(page: Page) -> list[str]:
    return page.locator("#documents .document-name").all_inner_texts()


def test_dropped_files_are_added_one_after_the_other(filing: Filing, page: Page) -> None:
    page.goto(f"/claims/{draft(filing)}/wizard/evidence")
    files = [pdf(f"Letter {number}", name=f"letter-{number}.pdf") for number in range(3)]
    page.locator(".drop-zone").evaluate(DROP, carried(*files))
    expect(page.locator(".upload.is-added")).to_have_count(3)
    assert names(page) == ["letter-0.pdf", "letter-1.pdf", "letter-2.pdf"]
    page.locator("#commentary").fill("All three.")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and go on").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Review and submit"
    assert "All three." in page.locator("main").inner_text()


def test_a_picture_can_be_pasted(filing: Filing, page: Page) -> None:
    page.goto(f"/claims/{draft(filing)}/wizard/evidence")
    page.evaluate(PASTE, carried(picture(name="screen.png")))
    expect(page.locator(".upload.is-added")).to_have_count(1)
    assert names(page) == ["screen.png"]


def test_what_is_pasted_into_a_field_is_left_to_the_field(filing: Filing, page: Page) -> None:
    page.goto(f"/claims/{draft(filing)}/wizard/evidence")
    taken = page.locator("#commentary").evaluate(PASTE_INTO, carried(picture(name="cells.png")))
    assert taken is False
    assert page.locator(".upload").count() == 0


def test_a_file_that_is_refused_says_why_and_keeps_no_other_back(filing: Filing, page: Page) -> None:
    page.goto(f"/claims/{draft(filing)}/wizard/evidence")
    files = [File("notes.txt", b"only text"), pdf("Letter", name="letter.pdf")]
    page.locator(".drop-zone").evaluate(DROP, carried(*files))
    expect(page.locator(".upload.is-added")).to_have_count(1)
    refused = page.locator(".upload.is-refused").inner_text()
    assert "notes.txt" in refused
    assert "PDF" in refused
    assert names(page) == ["letter.pdf"]


def test_a_form_waits_for_the_files_that_are_on_their_way(filing: Filing, page: Page) -> None:
    page.goto(f"/claims/{draft(filing)}/wizard/evidence")
    held: list[Route] = []
    page.route("**/documents", lambda route: held.append(route))
    page.locator(".drop-zone").evaluate(DROP, carried(pdf("Letter", name="letter.pdf")))
    expect(page.locator(".upload")).to_have_count(1)
    page.locator("#commentary").fill("Typed meanwhile.")
    page.get_by_role("button", name="Save and go on").click(no_wait_after=True)
    page.wait_for_timeout(200)
    assert page.url.endswith("/wizard/evidence"), "the form would be out of date with the document's arrival"
    with page.expect_navigation(url="**/wizard/review"):
        held[0].continue_()
    assert "Typed meanwhile." in page.locator("main").inner_text()
    assert "letter.pdf" in page.locator("main").inner_text()


def test_files_that_are_chosen_on_the_claims_page_are_added(
    filing: Filing, page: Page, tmp_path: Path
) -> None:
    number = draft(filing)
    page.goto(f"/claims/{number}")
    path = tmp_path / "signed.pdf"
    path.write_bytes(pdf("Signed").content)
    page.locator("#upload-document").set_input_files(str(path))
    expect(page.locator(".upload.is-added")).to_have_count(1)
    assert page.locator("#claim-documents .document-name").all_inner_texts() == ["signed.pdf"]


def test_customers_are_found_while_one_types(filing: Filing, page: Page) -> None:
    number = draft(filing)
    with filing.context(), transaction() as session:
        owner = session.merge(filing.house.contoso, load=False)
        for name in ("Wingtip Toys", "Wide World Importers"):
            a_customer(session, owner, name)
    page.goto(f"/claims/{number}/wizard/customer")
    field = page.locator("#find")
    field.press_sequentially("wing", delay=20)
    expect(page.locator("#known-customers label")).to_have_text(["Adatum", "Wingtip Toys"])
    assert field.evaluate("element => element === document.activeElement")
    assert field.input_value() == "wing"
    expect(page).to_have_url(re.compile("find=wing$"))


BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])


def at_step(window: Window, number: str, code: str, scripts: bool, width: int = 1280) -> Page:
    return window(PARTNER, width, at=f"/claims/{number}/wizard/{code}", scripts=scripts)


def leave(page: Page, words: str) -> None:
    """Press a way to another step, which no reader sees twice, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).click()


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


@BOTH
@pytest.mark.parametrize("width", [1280, 390])
def test_what_was_typed_is_saved_on_every_way_to_another_step(
    filing: Filing, window: Window, scripts: bool, width: int
) -> None:
    row = {"activity": "usage_recognition", "products": ["power_bi"], "customer_id": customer_id(filing)}
    (number,) = add_claims(filing, row)  # whose subscription is missing
    page = at_step(window, number, "evidence", scripts, width)
    for way, leads_to in (
        ("Back to Contacts and name", "Contacts and name"),
        ("Location", "Location"),
        ("Go to Products", "Products"),
        ("Review and submit", "Review and submit"),
    ):
        page.goto(f"/claims/{number}/wizard/evidence")
        page.locator("#commentary").fill(f"Typed before {way}.\n\nSee page 2.")
        leave(page, way)
        assert heading(page) == leads_to
        assert filing.claim(number).commentary.startswith(f"Typed before {way}.")
    page.goto(f"/claims/{number}/wizard/evidence")
    before = filing.claim(number).version
    leave(page, "Activity")
    assert (heading(page), filing.claim(number).version) == ("Activity", before), "nothing was typed"
    page.locator("#activity-use_or_consume").check()
    leave(page, "Products")
    assert filing.claim(number).activity == "use_or_consume"


@BOTH
def test_nothing_changes_by_walking_through_the_steps(filing: Filing, window: Window, scripts: bool) -> None:
    number = filing.draft()
    filing.do("edit", number, PARTNER, commentary="One.\n\n  Two.")  # a browser ends its lines otherwise
    page = at_step(window, number, "location", scripts)
    before = filing.claim(number).version
    for way in ("Customer", "Activity", "Products", "Contacts and name", "Proof of execution", "Location"):
        leave(page, way)
        assert (heading(page), filing.claim(number).version) == (way, before)


@BOTH
def test_the_customer_that_was_chosen_or_typed_is_saved_on_the_way(
    filing: Filing, window: Window, scripts: bool
) -> None:
    number = draft(filing)
    with filing.context(), transaction() as session:
        chosen = a_customer(session, session.merge(filing.house.contoso), "Wingtip Toys").id
    page = at_step(window, number, "customer", scripts)
    page.get_by_label("Wingtip Toys").check()
    leave(page, "Location")
    assert filing.claim(number).customer_id == chosen
    leave(page, "Customer")
    page.locator("#customer_name").fill("Zürich Uhren")
    leave(page, "Back to Location")
    assert heading(page) == "Customer", "half of a customer is none"
    assert page.locator("#customer_name").input_value() == "Zürich Uhren"
    page.locator("#customer_domain").fill("uhren.example")
    page.locator("#customer_tenant_id").fill("8c0e3a9c-6a53-4f3f-8c59-2d4a4f7c1b77")
    leave(page, "Proof of execution")
    assert heading(page) == "Proof of execution"
    page.goto(f"/claims/{number}")
    assert "Zürich Uhren" in page.locator("#claim-details").inner_text()
    page.goto(f"/claims/{number}/wizard/customer?find=nobody")
    leave(page, "Activity")
    assert heading(page) == "Activity"


@BOTH
def test_the_enter_key_in_a_field_goes_on_as_before(filing: Filing, window: Window, scripts: bool) -> None:
    number = draft(filing)
    page = at_step(window, number, "contacts", scripts)
    page.locator("#name").fill("Adatum autumn")
    with page.expect_navigation():
        page.locator("#name").press("Enter")
    assert heading(page) == "Proof of execution"
    page.goto(f"/claims/{number}/wizard/customer")
    page.locator("#known input[name=customer]").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert heading(page) == "Activity"
    page.goto(f"/claims/{number}/wizard/customer")
    page.locator("#customer_name").fill("Zürich Uhren")
    page.locator("#customer_name").press("Enter")
    field = page.locator("#customer_domain")
    assert field.evaluate("element => element.matches(':invalid:focus')"), "its browser asks for the rest"


@BOTH
def test_who_has_a_keyboard_comes_to_every_step_and_to_no_button_that_is_not_seen(
    filing: Filing, window: Window, scripts: bool
) -> None:
    number = draft(filing)
    for width in (1280, 390):
        page = at_step(window, number, "customer", scripts, width)
        keys = Keyboard(page)
        ways = page.locator("#wizard-steps button:visible")
        assert ways.count() == 7
        for place in range(7):
            keys.go_to(ways.nth(place))
            box = ways.nth(place).bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 24
            page.keyboard.press("Tab")
        current = page.locator("#wizard-steps [aria-current=step]")
        assert current.get_by_role("button", name="Customer").count() == 1
        keys.follow(page.get_by_role("button", name="Back to Location"))
        assert heading(page) == "Location"


@BOTH
def test_what_cannot_be_taken_keeps_one_in_the_step_until_one_leaves_without_saving(
    filing: Filing, window: Window, scripts: bool
) -> None:
    number = draft(filing)
    page = at_step(window, number, "contacts", scripts)
    page.locator("#customer_contact_email").fill("casey at adatum")
    page.locator("#customer_contact_name").fill("Casey Lind")
    leave(page, "Products")
    assert heading(page) == "Contacts and name"
    assert "Nothing was saved" in page.locator("#failure").inner_text()
    assert page.locator("#failure").evaluate("element => element === document.activeElement") is scripts
    assert page.locator("#customer_contact_name").input_value() == "Casey Lind"
    with page.expect_navigation():
        page.get_by_role("link", name="Leave without saving").click()
    assert page.url.endswith(f"/claims/{number}")
    assert filing.claim(number).customer_contact_name == ""


def test_who_is_at_the_template_stays_there_while_a_document_comes(filing: Filing, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 500})
    page.goto(f"/claims/{draft(filing)}/wizard/evidence")
    template = page.get_by_role("link", name="Download the template")
    template.focus()
    template.evaluate("link => window.scrollBy(0, link.getBoundingClientRect().top - 60)")
    was = page.evaluate("window.scrollY")
    assert was > 0
    page.locator(".drop-zone").evaluate(DROP, carried(pdf("Letter", name="letter.pdf")))
    expect(page.locator(".upload.is-added")).to_have_count(1)
    assert names(page) == ["letter.pdf"]
    expect(template).to_be_focused()
    assert page.evaluate("window.scrollY") == was


def test_a_way_to_another_step_waits_for_the_files_that_are_on_their_way(filing: Filing, page: Page) -> None:
    number = draft(filing)
    page.goto(f"/claims/{number}/wizard/evidence")
    held: list[Route] = []
    page.route("**/documents", lambda route: held.append(route))
    page.locator(".drop-zone").evaluate(DROP, carried(pdf("Letter", name="letter.pdf")))
    expect(page.locator(".upload")).to_have_count(1)
    page.locator("#commentary").fill("Typed meanwhile.")
    page.get_by_role("button", name="Location", exact=True).click(no_wait_after=True)
    page.wait_for_timeout(200)
    assert page.url.endswith("/wizard/evidence")
    with page.expect_navigation(url="**/wizard/location"):
        held[0].continue_()
    assert filing.claim(number).commentary == "Typed meanwhile."


def test_what_was_typed_before_the_session_ended_is_back_though_the_step_shows_something_else(
    filing: Filing, page: Page
) -> None:
    number = filing.draft()
    page.goto(f"/claims/{number}/wizard/contacts")
    page.locator("#name").fill("Typed for an hour")
    filing.wait(1)
    leave(page, "Products")
    filing.do("edit", number, "global@contoso.example", own_contact_name="Gloria Adams")
    page.get_by_label("E-mail").fill(PARTNER)
    page.get_by_label("Password", exact=True).fill(PASSWORD_OF_FILING)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    assert page.locator("[data-kept=filled]").is_visible()
    assert page.locator("#name").input_value() == "Typed for an hour"
    leave(page, "Products")
    assert "Global of Contoso: Save changes." in page.locator("#failure").inner_text()
    leave(page, "Products")
    assert (heading(page), filing.claim(number).name) == ("Products", "Typed for an hour")
