"""Whoever leaves a step by a link, the browser's own ways or another form finds again what they typed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Window
from tests.portal.claims.rows import add_claims, customer_id
from tests.portal.reviews.filing import Filing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.pages,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
PARTNER = "incentives@contoso.example"
TYPED = "Typed for an hour."


@pytest.fixture
def page(window: Window) -> Page:
    return window(PARTNER, 1280)


@pytest.fixture
def number(filing: Filing) -> str:
    row = {"name": "Adatum", "customer_id": customer_id(filing), "activity": "use_or_consume"}
    return add_claims(filing, row, row | {"status": "submitted", "products": ["teams"]})[0]


def left(page: Page, way: Callable[[], object]) -> None:
    """Leave by `way`, and look at the list until it tells of the form: no page hears when it arrived."""
    with page.expect_navigation():
        way()
    for _ in range(50):
        page.goto("/claims")
        if page.locator("#kept-form").count():
            return
    raise AssertionError("Nothing was kept.")


def of(page: Page, number: str, code: str) -> str:
    return f"/claims/{number}/wizard/{code}"


WAYS: dict[str, Callable[[Page], object]] = {
    "breadcrumb": lambda page: page.get_by_role("link", name="Customer claims").nth(1).click(),
    "menu": lambda page: page.get_by_role("link", name="Policy").click(),
    "back": lambda page: page.go_back(),
    "another address": lambda page: page.goto("/notices"),
}


@pytest.mark.parametrize("way", list(WAYS))
def test_a_commentary_is_back_whatever_way_its_step_was_left(
    filing: Filing, page: Page, number: str, way: str
) -> None:
    page.goto("/notices")
    page.goto(of(page, number, "evidence"))
    page.locator("#commentary").fill(TYPED)
    left(page, lambda: WAYS[way](page))
    assert filing.claim(number).commentary == "", "nothing was saved"
    with page.expect_navigation():
        page.get_by_role("link", name="Go back to it").click()
    assert page.locator("[data-kept=filled]").is_visible()
    assert page.locator("#commentary").input_value() == TYPED
    with page.expect_navigation():
        page.get_by_role("button", name="Save and go on").click()
    assert filing.claim(number).commentary == TYPED
    page.goto(of(page, number, "evidence"))
    assert page.locator("#kept-form").count() == 0


def test_a_window_that_is_closed_keeps_it_too(page: Page, number: str) -> None:
    page.goto(of(page, number, "contacts"))
    page.locator("#name").fill(TYPED)
    again = page.context.new_page()
    page.close(run_before_unload=True)
    for _ in range(50):  # no window tells when it arrived: this one asks until it is there
        again.goto(of(again, number, "contacts"))
        if again.locator("#kept-form").count():
            break
    assert again.locator("#name").input_value() == TYPED


def test_what_came_back_with_a_mistake_is_kept_as_well(page: Page, number: str) -> None:
    page.goto(of(page, number, "contacts"))
    page.locator("#customer_contact_email").fill("casey at adatum")
    page.locator("#step").evaluate("form => { form.noValidate = true; }")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and go on").click()
    expect(page.locator("#failure")).to_be_visible()
    left(page, page.get_by_role("link", name="Policy").click)
    page.goto(of(page, number, "contacts"))
    assert page.locator("#customer_contact_email").input_value() == "casey at adatum"


def test_a_new_customer_that_was_begun_is_kept_before_there_is_a_draft(page: Page, number: str) -> None:
    page.goto("/claims/new?start=customer")
    page.locator("#customer_name").fill(TYPED)
    left(page, page.get_by_role("link", name="Policy").click)
    page.goto("/claims/new?start=customer")
    assert page.locator("#customer_name").input_value() == TYPED


def told_to_keep(page: Page) -> list[str]:
    """Return the list to which what is sent to be kept is added from now on."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "left-page" in request.headers else None)
    return sent


def asked_to_keep(page: Page, leave: Callable[[], object]) -> list[str]:
    """Return what was sent to be kept while somebody left and looked at another page."""
    sent = told_to_keep(page)
    with page.expect_navigation():
        leave()
    page.goto("/policy")
    return sent


@pytest.mark.parametrize("name", ["Download the template (Word)", "the document"])
def test_who_is_handed_a_file_has_left_nothing(filing: Filing, page: Page, name: str) -> None:
    number = filing.draft()
    page.goto(of(page, number, "evidence"))
    page.locator("#commentary").fill(TYPED)
    sent = told_to_keep(page)
    link = page.locator("a.document-name") if name == "the document" else page.get_by_role("link", name=name)
    for _ in range(2):
        with page.expect_download():
            link.click()
    beside = page.context.new_page()
    beside.goto("/claims")
    assert (sent, beside.locator("#kept-form").count()) == ([], 0)
    left(page, page.get_by_role("link", name="Policy").click)
    assert len(sent) == 1, "it is left now, with the text as it was"


def test_the_text_is_sent_again_by_the_next_leaving_where_one_came_to_nothing(
    page: Page, number: str
) -> None:
    page.goto(of(page, number, "evidence"))
    page.locator("#commentary").fill(TYPED)
    with page.expect_response(lambda response: "left-page" in response.request.headers):
        page.evaluate("dispatchEvent(new Event('beforeunload'))")  # as by a file that no mark tells of
    sent = told_to_keep(page)
    left(page, page.get_by_role("link", name="Policy").click)
    assert len(sent) == 1


def test_what_did_not_arrive_is_sent_again_when_the_page_goes(page: Page, number: str) -> None:
    page = page.context.new_page()  # the console of the first is watched, and tells of what fails
    page.goto(of(page, number, "evidence"))
    page.locator("#commentary").fill(TYPED)
    address = f"**/claims/{number}/edit"
    page.route(address, lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.evaluate("dispatchEvent(new Event('beforeunload'))")
    page.unroute(address)
    with page.expect_response(lambda response: "left-page" in response.request.headers) as answer:
        page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert answer.value.status == 204


@pytest.mark.parametrize("words", ["Leave without saving", "Sign out", "Save and leave"])
def test_who_gives_it_up_or_saves_it_keeps_nothing(page: Page, number: str, words: str) -> None:
    page.goto(of(page, number, "evidence"))
    page.locator("#commentary").fill(TYPED)
    role = page.get_by_role("link", name=words).or_(page.get_by_role("button", name=words))
    assert asked_to_keep(page, role.click) == []
    assert page.locator("#kept-form").count() == 0


def test_who_does_not_need_it_any_more_is_not_offered_it_again(page: Page, number: str) -> None:
    page.goto(of(page, number, "evidence"))
    page.locator("#commentary").fill(TYPED)
    left(page, page.get_by_role("link", name="Policy").click)
    page.goto(of(page, number, "evidence"))
    button = page.get_by_role("button", name="I do not need it any more")
    assert asked_to_keep(page, button.click) == []
    assert page.locator("#kept-form").count() == 0


def test_who_typed_nothing_sends_nothing(page: Page, number: str) -> None:
    for code in ("location", "customer", "activity", "products", "contacts", "evidence"):
        page.goto(of(page, number, code))
        assert asked_to_keep(page, page.get_by_role("link", name="Policy").click) == [], code


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_claim_of_the_same_customer_is_read_beside_the_form(
    window: Window, number: str, scripts: bool
) -> None:
    page = window(PARTNER, 1280, at=f"/claims/{number}/wizard/activity", scripts=scripts)
    page.locator("#activity-build_intent_advisor").check()
    with page.context.expect_page() as opened:
        page.locator("#same-customer a").first.click()
    opened.value.wait_for_load_state()
    assert "/wizard/" not in opened.value.url
    assert page.locator("#activity-build_intent_advisor").is_checked()
