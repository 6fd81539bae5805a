"""What only a browser can tell of a page: what fits into its window, what is marked, what is in view."""

import pytest
from flask import Flask, request, request_started
from playwright.sync_api import Page

from portal.clock import FixedClock
from portal.customers.model import Customer
from portal.db import transaction
from tests.e2e.conftest import Window
from tests.factories import PASSWORD
from tests.portal.claims.rows import add_claims, customer_id
from tests.portal.reviews.filing import REVIEWER, Filing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.pages,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
PARTNER = "incentives@contoso.example"
NARROW, USUAL = 390, 1280
LONG = "W" * 200
WIDER_THAN_SHOWN = "element => element.scrollWidth > element.clientWidth"


@pytest.fixture
def filing(app: Flask, clock: FixedClock) -> Filing:
    """The house, with a customer whose name is one long word."""
    made = Filing(app, clock)
    with made.context(), transaction() as session:
        session.get_one(Customer, customer_id(made)).name = LONG
    return made


def long_draft(filing: Filing, *products: str) -> str:
    """Add a draft whose name is one long word."""
    row = {"name": LONG, "customer_id": customer_id(filing), "activity": "usage_recognition"}
    return add_claims(filing, {**row, "products": products})[0]


def wider(page: Page) -> bool:
    """Tell whether something makes the page wider than its window."""
    return bool(page.locator("html").evaluate(WIDER_THAN_SHOWN))


@pytest.mark.parametrize("width", [NARROW, USUAL])
def test_one_long_word_widens_no_page(filing: Filing, window: Window, width: int) -> None:
    submitted = filing.submitted()
    number = long_draft(filing, "power_bi")
    partner = window(PARTNER, width)
    for path in ("", f"/{number}", *(f"/{number}/wizard/{step}" for step in ("customer", "review"))):
        partner.goto(f"/claims{path}")
        assert not wider(partner), path
    reviewer = window(REVIEWER, width)
    for path in ("", f"/{submitted}"):
        reviewer.goto(f"/reviews{path}")
        assert not wider(reviewer), path


def test_the_list_of_claims_fits_into_a_usual_window(filing: Filing, window: Window) -> None:
    overdue = filing.submitted()
    filing.wait(12)
    filing.do("comment", overdue, REVIEWER, message="On my way.")
    long_draft(filing, "dynamics_365_supply_chain_management", "power_bi")
    page = window(PARTNER, USUAL)
    assert page.locator(".table-frame").evaluate(WIDER_THAN_SHOWN) is False
    assert page.get_by_role("link", name="Changed").is_visible()
    for time in page.locator("tbody time").all():
        box = time.bounding_box()
        assert box is not None
        assert box["height"] < 24, "a day stands on one line"


def test_only_the_field_that_is_wrong_is_marked(filing: Filing, window: Window) -> None:
    page = window(PARTNER, USUAL)
    page.goto(f"/claims/{long_draft(filing)}/wizard/products")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and go on").click()
    assert page.locator("#product-error").is_visible()
    widths = page.locator("input[name^=subscription_]").evaluate_all(
        "fields => fields.map(field => getComputedStyle(field).borderTopWidth)"
    )
    assert set(widths) == {"1px"}


def test_what_came_back_is_in_view_with_its_mistakes(filing: Filing, window: Window) -> None:
    page = window(PARTNER, NARROW)
    page.goto(f"/claims/{long_draft(filing)}/wizard/customer")
    for name in ("customer_name", "customer_domain", "customer_tenant_id"):
        page.locator(f"#{name}").fill("nothing")
    with page.expect_navigation():
        page.get_by_role("button", name="Add customer", exact=True).click()
    assert page.locator("#failure").evaluate("element => element === document.activeElement")
    page.locator("#failure a").first.click()
    field = page.locator("#customer_domain")
    assert field.evaluate("element => element === document.activeElement")
    assert page.locator("#customer_domain-error").is_visible()


def test_the_actions_of_a_review_come_before_its_timeline(filing: Filing, window: Window) -> None:
    page = window(REVIEWER, NARROW)
    page.goto(f"/reviews/{filing.under_review()}")
    tops = [page.locator(f"#review-{part}").bounding_box() for part in ("actions", "timeline")]
    assert tops[0] is not None
    assert tops[1] is not None
    assert tops[0]["y"] < tops[1]["y"]


def test_what_was_typed_before_the_session_ended_is_back_in_its_form(filing: Filing, window: Window) -> None:
    number = filing.under_review()
    page = window(PARTNER, USUAL)
    page.goto(f"/claims/{number}")
    comments = page.locator("form[action$='/comments']").first
    comments.locator("textarea").fill("Page 2 lists the workshops.")
    filing.wait(1)
    comments.evaluate("form => form.requestSubmit()")
    page.wait_for_url("**/sign-in?**")
    page.get_by_label("E-mail").fill(PARTNER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    assert page.locator("#kept-form-title").is_visible()
    assert page.locator("[data-kept=listed]").is_hidden()
    text = page.locator("form[action$='/comments'] textarea").first
    assert text.input_value() == "Page 2 lists the workshops."
    with page.expect_navigation():
        page.locator("form[action$='/comments']").first.evaluate("form => form.requestSubmit()")
    assert page.locator("#kept-form").count() == 0
    assert page.get_by_text("Page 2 lists the workshops.").first.is_visible()


def test_a_further_page_fetches_no_style_and_no_script_again(filing: Filing, window: Window) -> None:
    page = window(PARTNER, USUAL, at="/profile")
    asked: list[str] = []

    def note(_app: Flask) -> None:
        asked.append(request.path)

    with request_started.connected_to(note, filing.app):
        for path in ("/claims", "/profile", "/claims"):
            page.wait_for_timeout(1100)  # the cookie of a session is another with every second
            page.context.new_page().goto(
                path
            )  # what a tab has loaded before it would not ask for in any case
    again = asked[asked.index("/profile") :]
    assert {"/profile", "/claims"} <= set(again)
    assert [path for path in again if path.startswith("/static/")] == []


def test_the_dots_of_a_label_in_two_lines_stay_at_its_last_word(filing: Filing, window: Window) -> None:
    reviewer = window(REVIEWER, NARROW)
    reviewer.goto(f"/reviews/{filing.under_review()}")
    label = reviewer.locator("summary.button", has_text="Hand over to another reviewer")
    one = reviewer.locator("summary.button", has_text="Approve").first
    height = "element => element.getBoundingClientRect().height"
    assert label.evaluate(height) > one.evaluate(height), "it takes two lines"
    # A box that lays out its content in columns puts the dots into one of their own.
    assert label.evaluate("element => getComputedStyle(element).display") == "inline-block"
    assert label.evaluate("element => getComputedStyle(element, '::after').display") == "inline"


def test_the_picture_of_the_policy_says_that_it_scrolls_and_opens_where_it_begins(
    filing: Filing, window: Window
) -> None:
    page = window("policy@operator.example", NARROW, at="/policy")
    frame, hint = page.locator(".diagram-frame"), page.locator(".diagram-hint")
    assert frame.evaluate(WIDER_THAN_SHOWN)
    assert hint.is_visible()
    topmost = page.locator(".diagram-box").evaluate_all(
        "boxes => boxes.map(box => box.getBoundingClientRect()).sort((a, b) => a.y - b.y)[0].toJSON()"
    )
    view = frame.bounding_box()
    assert view is not None
    assert view["x"] <= topmost["left"]
    assert topmost["right"] <= view["x"] + view["width"]
    page.set_viewport_size({"width": 1440, "height": 800})
    assert hint.is_hidden()
