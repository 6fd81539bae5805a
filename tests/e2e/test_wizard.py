"""What scripts quicken in the wizard: documents added as they are chosen, customers found as one types."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from portal.db import transaction
from tests.documents import pdf, picture
from tests.e2e.conftest import Window
from tests.factories import customer as a_customer
from tests.form_filling import File
from tests.portal.claims.rows import add_claims, customer_id
from tests.portal.reviews.filing import Filing

pytestmark = [
    pytest.mark.browser,
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
