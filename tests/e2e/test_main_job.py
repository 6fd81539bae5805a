"""The main job in Chromium: filed, sent back, answered, approved, declined by the customer, disputed."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

from portal.claims.answers import Upload
from portal.sample.documents import Letter, docx, pdf
from tests.e2e.conftest import PASSWORD, House

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
CUSTOMER = {
    "customer_name": "Adatum",
    "customer_domain": "adatum.example",
    "customer_tenant_id": "72f988bf-86f1-41af-91ab-2d7cd011db47",
}
CONTACTS = {
    "customer_contact_name": "Kim Abercrombie",
    "customer_contact_title": "Head of IT",
    "customer_contact_email": "kim@adatum.example",
    "own_contact_name": "Ines Morel",
    "own_contact_email": "incentives@contoso.example",
}
LETTER = Letter(7, "Contoso", "Adatum", "Kim Abercrombie", ("Microsoft Teams",), "a pilot", date(2026, 11, 2))


def send(page: Page, button: Locator) -> None:
    """Press what leads to another page, and wait for the page that it leads to.

    Without waiting, the next step could still find what it looks for on the page that is about to go.
    """
    with page.expect_navigation():
        button.click()


def sign_in(page: Page, email: str) -> Page:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    send(page, page.get_by_role("button", name="Sign in"))
    return page


def on_disk(folder: Path, upload: Upload) -> Path:
    path = folder / upload.name
    path.write_bytes(upload.content)
    return path


def accessible(page: Page, scripts: bool) -> None:
    """No violation of WCAG 2.2 AA on the page; axe needs JavaScript to look."""
    if scripts:
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        assert found.violations_count == 0, found.generate_report()


def press(page: Page, label: str, **typed: str) -> None:
    """Open an action where it has a form, fill it in and send it."""
    form = page.locator("li.action", has=page.locator(f"button:text-is('{label}')")).first
    summary = form.locator("summary")
    if summary.count():
        summary.click()
    for name, text in typed.items():
        form.locator(f"textarea[name={name}]").fill(text)
    send(page, form.locator(f"button:text-is('{label}')"))


def file_claim(page: Page, scripts: bool, files: list[Path]) -> str:
    page.goto("/claims")
    accessible(page, scripts)
    send(page, page.get_by_role("link", name="Create claim").first)
    page.get_by_label("Partner location ID (MPN)").select_option(index=1)
    send(page, page.get_by_role("button", name="Save and go on"))
    accessible(page, scripts)
    for name, text in CUSTOMER.items():
        page.locator(f"#add [name={name}]").fill(text)
    send(page, page.get_by_role("button", name="Add customer", exact=True))
    page.locator("#activity-use_or_consume").check()
    send(page, page.get_by_role("button", name="Save and go on"))
    page.locator("#product-teams").check()
    send(page, page.get_by_role("button", name="Save and go on"))
    for name, text in CONTACTS.items():
        page.locator(f"[name={name}]").fill(text)
    send(page, page.get_by_role("button", name="Save and go on"))
    page.locator("#step [name=document]").set_input_files([str(path) for path in files])
    send(page, page.get_by_role("button", name="Save and go on"))
    accessible(page, scripts)
    found = re.search(r"CL-\d{4}-\d{6}", page.url)
    assert found
    return found[0]


def status_of(page: Page) -> str:
    return page.locator("main .badge").first.inner_text()


def test_the_main_job(house: House, open_page: Callable[[], Page], scripts: bool, tmp_path: Path) -> None:
    partner = sign_in(open_page(), "incentives@contoso.example")
    number = file_claim(
        partner, scripts, [on_disk(tmp_path, pdf(LETTER, 3)), on_disk(tmp_path, docx(LETTER))]
    )
    press(partner, "Submit")
    assert status_of(partner) == "Submitted"

    reviewer = sign_in(open_page(), "reviewer@operator.example")
    reviewer.goto("/reviews")
    accessible(reviewer, scripts)
    send(reviewer, reviewer.get_by_role("link", name=re.compile(number)).first)
    press(reviewer, "Start review")
    accessible(reviewer, scripts)
    request = reviewer.locator("#action-request_information")
    request.locator("summary").click()
    request.get_by_label("Missing customer acknowledgment").check()
    request.locator("textarea[name=message]").fill("Please add a page that the customer signed.")
    send(reviewer, request.get_by_role("button", name="Ask for information"))
    house.send_mail()
    asked = house.inbox.latest_to("incentives@contoso.example")
    assert number in asked["Subject"]
    assert "business days" in house.inbox.latest_text_to("incentives@contoso.example")

    partner.goto(f"/claims/{number}")
    accessible(partner, scripts)
    assert status_of(partner) == "Partner action required"
    assert "Missing customer acknowledgment" in partner.locator("main").inner_text()
    answer = partner.locator("#action-resubmit")
    answer.locator("summary").click()
    answer.locator("textarea[name=message]").fill("The signed page is attached.")
    signed = pdf(LETTER, 1)
    answer.locator("[name=document]").set_input_files(
        str(on_disk(tmp_path, Upload("signed.pdf", signed.content)))
    )
    send(partner, answer.get_by_role("button", name="Resubmit"))
    assert status_of(partner) == "Submitted"

    reviewer.goto(f"/reviews/{number}")
    press(reviewer, "Start review")
    press(reviewer, "Approve")
    assert status_of(reviewer) == "Approved"
    house.send_mail()

    asking = house.inbox.latest_text_to("kim@adatum.example")
    link = re.search(r"http://\S+/consent/\S+", asking)
    assert link
    customer = open_page()
    customer.goto(link[0])
    accessible(customer, scripts)
    assert "Contoso" in customer.locator("main").inner_text()
    partner.goto(f"/claims/{number}")
    assert status_of(partner) == "Approved", "looking at the link must change nothing"
    if customer.locator("summary", has_text="Decline").count():
        customer.locator("summary", has_text="Decline").click()
    send(customer, customer.locator("button", has_text="Decline"))
    house.send_mail()
    assert "declined" in house.inbox.latest_to("incentives@contoso.example")["Subject"].casefold()

    partner.goto(f"/claims/{number}")
    accessible(partner, scripts)
    assert status_of(partner) == "Rejected"
    press(partner, "Dispute", justification="The customer declined by mistake and will agree.")
    assert status_of(partner) == "Dispute"
