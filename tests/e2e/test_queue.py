"""The reviewer's queue in Chromium: the keys of every long list, and no row that widens a phone's page."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Window
from tests.portal.reviews.filing import REVIEWER, Filing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.pages,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


def test_the_keys_go_through_the_rows_and_open_one(filing: Filing, window: Window) -> None:
    first = filing.submitted()
    filing.wait(1)
    second = filing.submitted("fabrikam", "intune")
    page = window(REVIEWER, 1280)
    page.goto("/reviews")
    focused = page.locator("[data-row-link]:focus")
    page.keyboard.press("j")
    expect(focused).to_have_text(first)
    page.keyboard.press("j")
    expect(focused).to_have_text(second)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("/")
    page.keyboard.type("fabrikam")
    expect(page.locator("[data-row-link]")).to_have_text([second])
    page.goto("/reviews")
    page.keyboard.press("j")
    page.keyboard.press("k")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(f"/reviews/{first}")


def test_on_a_phone_the_tabs_scroll_and_the_page_does_not(filing: Filing, window: Window) -> None:
    filing.submitted()
    page = window(REVIEWER, 390)
    page.goto("/reviews?show=every")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    expect(page.locator("nav.tabs [aria-current]")).to_be_in_viewport()
    boxes = [page.locator(f"#review-queue tbody {part}").first.bounding_box() for part in ("th", ".left")]
    number, clock = (box["y"] for box in boxes if box)
    assert number < clock, "a row begins with its claim"
