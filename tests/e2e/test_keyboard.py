"""The main job by keyboard alone, at 200 % zoom: half of a usual window's width and height in points."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from portal.sample.documents import pdf
from tests.e2e.conftest import INCENTIVES, PASSWORD, House
from tests.e2e.keyboard import WITH_AND_WITHOUT, ZOOMED, Keyboard
from tests.e2e.test_main_job import CONTACTS, CUSTOMER, LETTER, on_disk, status_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.pages,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    WITH_AND_WITHOUT,
]


def signed_in(page: Page, email: str) -> Keyboard:
    page.set_viewport_size(ZOOMED)
    page.goto("/sign-in")
    keys = Keyboard(page)
    keys.write(page.get_by_label("E-mail"), email)
    keys.write(page.get_by_label("Password", exact=True), PASSWORD)
    keys.follow(page.get_by_role("button", name="Sign in"))
    return keys


def go_on(keys: Keyboard) -> None:
    keys.follow(keys.page.get_by_role("button", name="Save and go on"))


def file_claim(keys: Keyboard, letter: Path) -> str:
    """File a claim through the wizard, to its last page."""
    page = keys.page
    keys.follow(page.locator("main").get_by_role("link", name="Create claim").first)
    keys.choose_first(page.get_by_label("Partner location ID (MPN)"))
    go_on(keys)
    for name, text in CUSTOMER.items():
        keys.write(page.locator(f"#add [name={name}]"), text)
    keys.follow(page.get_by_role("button", name="Add customer", exact=True))
    keys.choose_radio(page.locator("#activity-use_or_consume"))
    go_on(keys)
    keys.tick(page.locator("#product-teams"))
    go_on(keys)
    for name, text in CONTACTS.items():
        keys.write(page.locator(f"[name={name}]"), text)
    go_on(keys)
    keys.choose_files(page.locator("#step [name=document]"), [letter])
    go_on(keys)
    found = re.search(r"CL-\d{4}-\d{6}", page.url)
    assert found
    return found[0]


def test_a_claim_is_filed_asked_about_answered_and_approved(
    house: House, open_page: Callable[[], Page], tmp_path: Path
) -> None:
    partner = signed_in(open_page(), INCENTIVES)
    number = file_claim(partner, on_disk(tmp_path, pdf(LETTER, 1)))
    partner.act("submit", "Submit")
    assert status_of(partner.page) == "Submitted"

    reviewer = signed_in(open_page(), "reviewer@operator.example")
    reviewer.follow(reviewer.page.locator("main").get_by_role("link", name=re.compile(number)).first)
    reviewer.act("start_review", "Start review")
    request = reviewer.page.locator("#action-request_information")
    reviewer.open(request.locator("summary").first)
    reviewer.tick(request.get_by_label("Missing customer acknowledgment"))
    reviewer.write(request.locator("textarea[name=message]"), "Please add a page that the customer signed.")
    reviewer.follow(request.get_by_role("button", name="Ask for information"))
    assert status_of(reviewer.page) == "Partner action required"

    partner.page.goto(f"/claims/{number}")
    partner.act("resubmit", "Resubmit", message="The customer signed on page 1.")
    assert status_of(partner.page) == "Submitted"

    reviewer.page.goto(f"/reviews/{number}")
    reviewer.act("start_review", "Start review")
    reviewer.act("approve", "Approve")
    assert status_of(reviewer.page) == "Approved"
    house.send_mail()

    link = re.search(r"http://\S+/consent/\S+", house.inbox.latest_text_to("kim@adatum.example"))
    assert link
    customer = Keyboard(open_page())
    customer.page.set_viewport_size(ZOOMED)
    customer.page.goto(link[0])
    customer.follow(customer.page.get_by_role("button", name=re.compile("^Agree")).first)
    assert "Your answer about Contoso" in customer.page.locator("main").inner_text()
    partner.page.goto(f"/claims/{number}")
    assert "Agree" in partner.page.locator("#claim-timeline, #timeline").first.inner_text()
