"""The dashboard in Chromium: typing, swapping, going back, keys, boxes, and all of it without a script."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from portal.clock import FixedClock
from tests.e2e.conftest import Window
from tests.portal.claims.rows import add_claims
from tests.portal.reviews.filing import Filing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.pages,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
Open = Callable[..., Page]
TOO_WIDE = """() => {
    const page = document.documentElement;
    return page.scrollWidth <= page.clientWidth ? [] : [...document.querySelectorAll("body *")]
        .filter((part) => part.getBoundingClientRect().right > page.clientWidth + 1)
        .map((part) => part.outerHTML.slice(0, 100));
}"""
FOCUSED = "document.activeElement.id || document.activeElement.textContent"


@pytest.fixture
def filing(app: Flask, clock: FixedClock) -> Filing:
    """A house with three red drafts and a blue claim under review."""
    made = Filing(app, clock)
    red = [{"name": f"red {word}"} for word in ("alpha", "beta", "gamma")]
    add_claims(made, *red, {"name": "blue", "status": "under_review", "waits_for": "operator"})
    return made


@pytest.fixture
def dashboard(window: Window) -> Open:
    """Return what opens the dashboard, or another view of it, in a window of its own."""

    def opened(address: str = "/claims", *, scripts: bool = True, width: int = 1280) -> Page:
        return window(width=width, at=address, scripts=scripts)

    return opened


def test_typing_searches_and_takes_neither_focus_nor_caret(dashboard: Open) -> None:
    page = dashboard()
    page.keyboard.press("/")
    page.keyboard.type("red")
    expect(page.locator("#claims-count")).to_have_text("3 claims found")
    expect(page).to_have_url(re.compile(re.escape("/claims?q=red") + "$"))
    expect(page.locator("#announcer")).to_have_text("3 claims found")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("x")
    expect(page.locator("#claims-count")).to_have_text("0 claims found")
    assert page.evaluate("[document.activeElement.id, document.activeElement.selectionStart]") == ["q", 2]
    page.go_back()
    expect(page.locator("#q")).to_have_value("red")
    expect(page.locator("#claims-count")).to_have_text("3 claims found")
    page.go_forward()
    expect(page.locator("#q")).to_have_value("rxed")


def test_a_late_answer_overwrites_nothing(dashboard: Open) -> None:
    page = dashboard()
    held: list[Route] = []
    page.route("**/claims?q=blue*", lambda route: held.append(route))
    with page.expect_request("**/claims?q=blue*"):
        page.locator("#q").press_sequentially("blue")
    page.locator("#q").fill("red")
    held[0].continue_()
    expect(page.locator("#claims-count")).to_have_text("3 claims found")
    assert page.locator("#q").input_value() == "red"
    expect(page).to_have_url(re.compile("q=red$"))


def test_tabs_and_headings_swap_the_list_and_keep_the_focus(dashboard: Open) -> None:
    page = dashboard()
    assert page.locator("#claims-waiting li").count() == 3
    page.locator("#tab-status-draft").click()
    expect(page.locator("#claims-count")).to_have_text("3 claims found")
    expect(page.locator("#tab-status-draft")).to_be_focused()
    page.locator("#sort-customer").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Customer")
    expect(page).to_have_url(re.compile(re.escape("/claims?status=draft&sort=customer") + "$"))
    page.locator("#q").fill("red beta")
    expect(page.locator("#claims-count")).to_have_text("1 claim found")
    expect(page).to_have_url(re.compile("status=draft"))  # a search stays on the tab
    page.go_back()
    expect(page.locator("#claims-count")).to_have_text("3 claims found")


def test_whoever_scrolled_away_meanwhile_is_not_taken_back(dashboard: Open) -> None:
    page = dashboard()
    page.set_viewport_size({"width": 1280, "height": 300})
    held: list[Route] = []
    page.route("**/claims?status=draft*", lambda route: held.append(route))
    tab = page.locator("#tab-status-draft")
    with page.expect_request("**/claims?status=draft*"):
        tab.press("Enter", no_wait_after=True)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    expect(tab).not_to_be_in_viewport()
    held[0].continue_()
    expect(page.locator("#claims-count")).to_have_text("3 claims found")
    expect(page.locator(".htmx-settling, .htmx-request")).to_have_count(0)
    expect(tab).to_be_focused()
    expect(tab).not_to_be_in_viewport()


def test_a_filter_is_chosen_in_a_menu_and_taken_away_by_its_chip(dashboard: Open) -> None:
    page = dashboard()
    page.locator("#claims-filter-menu summary").click()
    page.locator("#move").select_option("operator")
    page.get_by_role("button", name="Apply filters").click()
    expect(page.locator("#claims-count")).to_have_text("1 claim found")
    expect(page.locator("[data-menu][open]")).to_have_count(0)
    page.locator(".chip").press("Enter")
    expect(page.locator("#claims-count")).to_have_text("4 claims")
    expect(page.locator("#claims-count")).to_be_focused()
    page.locator("#claims-filter-menu summary").click()
    assert page.locator("#move").input_value() == ""
    page.keyboard.press("Escape")
    assert page.locator("[data-menu][open]").count() == 0


def test_the_keys_go_through_the_rows_and_never_while_one_types(dashboard: Open) -> None:
    page = dashboard("/claims?sort=number")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate(FOCUSED) == "CL-2026-000001"
    page.keyboard.press("x")
    expect(page.locator("[data-chosen]")).to_have_text("1 claim chosen")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    page.locator("#q").press_sequentially("jk?/x")
    assert page.locator("#q").input_value() == "jk?/x"
    page.goto("/claims?sort=number")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/claims/CL-2026-000001") or "/wizard/" in page.url


def test_the_keys_can_be_switched_off(dashboard: Open) -> None:
    page = dashboard()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Use these keys").uncheck()
    page.get_by_role("button", name="Close").click()
    page.goto("/claims")
    page.keyboard.press("j")
    assert page.locator("[data-row-link]:focus").count() == 0


def test_chosen_claims_stay_chosen_while_the_list_is_sorted(dashboard: Open) -> None:
    page = dashboard()
    expect(page.locator("#claims-selection")).to_be_hidden()
    page.get_by_label("Choose CL-2026-000002").check()
    page.locator("#sort-number").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Claim")
    expect(page.get_by_label("Choose CL-2026-000002")).to_be_checked()
    page.get_by_label("Choose all claims on this page").check()
    expect(page.locator("[data-chosen]")).to_have_text("4 claims chosen")


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_is_wider_than_the_window(filing: Filing, dashboard: Open, width: int) -> None:
    add_claims(filing, {"name": "W" * 200, "products": ["teams", "intune", "exchange_online"]})
    page = dashboard(width=width)
    for summary in page.locator("[data-menu] > summary, .row-products > summary").all():
        summary.click()
        wide = page.evaluate(TOO_WIDE)
        assert wide == [], summary.inner_text()
    frame = page.locator(".table-frame").evaluate("frame => frame.scrollWidth <= frame.clientWidth")
    assert frame or width == 768, "only between phone and desk may the table scroll in its own frame"


def test_every_task_is_done_without_a_script(dashboard: Open) -> None:
    page = dashboard(scripts=False)
    page.get_by_label("Search the claims").fill("red")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#claims-count")).to_have_text("3 claims found")
    page.locator("#claims-display-menu summary").click()
    page.locator("#column-location").check()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("thead th", has_text="Location")).to_have_count(1)
    page.locator("#saved-views summary").click()
    page.get_by_label("Name of the view").fill("Reds")
    page.get_by_role("button", name="Save this view").click()
    expect(page.locator("#flashes")).to_contain_text("The view was saved")
    page.get_by_label("Choose CL-2026-000001").check()
    page.get_by_role("button", name="Delete drafts…").click()
    page.get_by_role("button", name="Delete 1 draft").click()
    expect(page.locator("main")).to_contain_text("1 draft was deleted.")
