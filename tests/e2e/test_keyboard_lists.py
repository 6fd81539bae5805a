"""The list of claims by keyboard alone, at 200 % zoom: finding, arranging, choosing, and keys of its own."""

import pytest
from flask import Flask
from playwright.sync_api import Locator, expect

from portal.clock import FixedClock
from tests.e2e.conftest import INCENTIVES, Hands
from tests.e2e.keyboard import WITH_AND_WITHOUT, Keyboard
from tests.portal.claims.rows import add_claims
from tests.portal.reviews.filing import Filing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.pages,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
FIRST = "CL-2026-000001"


@pytest.fixture
def filing(app: Flask, clock: FixedClock) -> Filing:
    """A house with eight red drafts and a blue claim under review."""
    made = Filing(app, clock)
    red = [{"name": f"red {nth}", "products": ["teams", "intune"]} for nth in range(8)]
    add_claims(made, *red, {"name": "blue", "status": "under_review", "waits_for": "operator"})
    return made


def menu(keys: Keyboard, name: str) -> Locator:
    """Open a menu of the toolbar and return it."""
    found = keys.page.locator(f"#{name}")
    keys.open(found.locator("summary").first)
    return found


def download(keys: Keyboard, target: Locator) -> str:
    """Press what leads to a file and return the file's name."""
    keys.go_to(target)
    with keys.page.expect_download() as loaded:
        keys.press("Enter")
    return loaded.value.suggested_filename


@WITH_AND_WITHOUT
def test_claims_are_searched_filtered_and_arranged(hands: Hands, scripts: bool) -> None:
    keys = hands(INCENTIVES, "/claims")
    page = keys.page
    count = page.locator("#claims-count")
    keys.write(page.locator("#q"), "red")
    if not scripts:  # with them it searches while one types
        keys.follow(page.get_by_role("button", name="Search", exact=True))
    expect(count).to_have_text("8 claims found")
    keys.swap(page.locator("#tab-status-draft"))
    expect(count).to_have_text("8 claims found")
    keys.follow(page.get_by_role("link", name="Clear all"))
    filters = menu(keys, "claims-filter-menu")
    keys.choose(filters.locator("#move"), "Review team")
    keys.swap(filters.get_by_role("button", name="Apply filters"))
    expect(count).to_have_text("1 claim found")
    keys.swap(page.locator(".chip"))
    expect(count).to_have_text("9 claims")
    display = menu(keys, "claims-display-menu")
    keys.choose(display.locator("#sort"), "Claim")
    keys.tick(display.locator("#column-location"))
    keys.swap(display.get_by_role("button", name="Show"))
    expect(page.locator("td[data-label=Location]").first).to_be_visible()
    expect(page.locator("[data-row-link]").first).to_have_text(FIRST)
    keys.open(page.locator(".row-products > summary").last)
    assert download(keys, page.get_by_role("link", name="Export as CSV")).endswith(".csv")
    keys.follow(page.get_by_role("link", name=FIRST))
    assert FIRST in page.url


@WITH_AND_WITHOUT
def test_a_view_is_saved_shared_renamed_and_deleted(hands: Hands) -> None:
    keys = hands(INCENTIVES, "/claims?status=draft")
    page = keys.page
    views = menu(keys, "saved-views-menu")
    keys.write(views.get_by_label("Name of the view"), "Reds")
    keys.tick(views.get_by_label("Share it with your organization"))
    keys.follow(views.get_by_role("button", name="Save this view"))
    views = menu(keys, "saved-views-menu")
    keys.follow(views.get_by_role("link", name="Reds"))
    views = menu(keys, "saved-views-menu")
    keys.follow(views.get_by_role("link", name="Rename, share or delete views"))
    view = page.locator(".view-list > li")
    keys.open(view.locator("summary", has_text="Rename or share"))
    keys.write(view.get_by_label("Name of the view"), "Drafts")
    keys.follow(view.get_by_role("button", name="Save the change"))
    keys.open(view.locator("summary", has_text="Delete"))
    keys.follow(view.get_by_role("button", name="Delete the view"))
    assert "There are no saved views yet" in page.locator("main").inner_text()


@WITH_AND_WITHOUT
def test_claims_are_chosen_exported_and_deleted(hands: Hands, scripts: bool) -> None:
    keys = hands(INCENTIVES, "/claims?sort=number")
    page = keys.page
    for number in (FIRST, "CL-2026-000002", "CL-2026-000009"):
        keys.tick(page.get_by_label(f"Choose {number}"))
    chosen = page.locator("#claims-selection")
    assert download(keys, chosen.get_by_role("button", name="Export the chosen claims as CSV")).endswith(
        ".csv"
    )
    if scripts:
        keys.tick(page.get_by_label("Choose all claims on this page"))
        keys.untick(page.get_by_label("Choose all claims on this page"))
        keys.tick(page.get_by_label(f"Choose {FIRST}"))
        keys.tick(page.get_by_label("Choose CL-2026-000002"))
    keys.follow(chosen.get_by_role("button", name="Delete drafts…"))
    keys.follow(page.get_by_role("button", name="Delete 2 drafts"))
    assert "2 drafts were deleted." in page.locator("main").inner_text()
    keys.follow(page.locator("main").get_by_role("link", name="Back to the claims"))


# The keys are the script's; without it one goes by Tab, as in the other tests.
@pytest.mark.parametrize("scripts", [True], ids=["with JavaScript"])
def test_the_keys_of_the_list_lead_through_it(hands: Hands) -> None:
    keys = hands(INCENTIVES, "/claims?sort=number")
    page = keys.page
    focused = page.locator("[data-row-link]:focus")
    for nth in range(1, 10):
        keys.press("j")
        expect(focused).to_have_text(f"CL-2026-{nth:06d}")
        keys.looks()
    keys.press("x")
    expect(page.locator("[data-chosen]")).to_have_text("1 claim chosen")
    for nth in range(8, 0, -1):
        keys.press("k")
        expect(focused).to_have_text(f"CL-2026-{nth:06d}")
        keys.looks()
    keys.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    keys.looks()
    keys.open(dialog.get_by_role("button", name="Close"))
    expect(focused).to_have_text(FIRST)
    keys.press("?", "Escape")
    keys.looks()
    keys.press("/")
    keys.page.keyboard.type("blue")
    expect(page.locator("#claims-count")).to_have_text("1 claim found")
    keys.looks()
    keys.go_to(page.locator("#tab-status-draft"))
    keys.press("j")
    with page.expect_navigation():
        keys.press("Enter")
    assert page.url.endswith("CL-2026-000009")
