"""What scripts do on the page of a review: news come, and nothing that is read or typed moves or goes."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Window
from tests.e2e.test_claim_page import ask_for_news, sign_in
from tests.portal.reviews.filing import REVIEWER, Filing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.pages,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
PARTNER = "incentives@contoso.example"


def test_news_come_above_what_is_read_and_take_nothing_from_who_types(filing: Filing, window: Window) -> None:
    number = filing.under_review()
    page = window(REVIEWER, 1280)
    page.goto(f"/reviews/{number}")
    page.locator("summary", has_text="Reject").click()
    text = page.locator("#action-reject textarea")
    text.fill("Page 2 is missing.")
    before = text.bounding_box()
    filing.do("comment", number, PARTNER, message="Page 2 follows.")
    ask_for_news(page)
    notice = page.locator("#review-news .notice")
    expect(notice).to_contain_text("Contoso: Comment.")
    expect(page.locator("#announcer")).to_contain_text("Contoso: Comment.")
    expect(text).to_be_focused()
    after = text.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 2, "the browser keeps in place what somebody types in"

    page.locator("#action-reject input[type=checkbox]").first.check()
    page.locator("#action-reject button", has_text="Reject").click()
    expect(page.locator("#action-reject-outcome")).to_contain_text("The claim was changed in between")
    assert page.locator("#action-reject textarea").input_value() == "Page 2 is missing."
    expect(page.locator("#review-news .notice")).to_have_count(0)


def test_who_was_signed_out_finds_again_what_they_typed(filing: Filing, window: Window) -> None:
    number = filing.under_review()
    page = window(REVIEWER, 1280)
    page.goto(f"/reviews/{number}")
    page.locator("summary", has_text="Reject").click()
    page.locator("#action-reject textarea").fill("Page 2 is missing.")
    page.context.clear_cookies()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_url("**/sign-in**")
    sign_in(page, REVIEWER)
    page.wait_for_url(f"**/reviews/{number}")
    assert page.locator("#action-reject textarea").input_value() == "Page 2 is missing."
    expect(page.locator("#action-reject textarea")).to_be_visible()


def test_who_chose_something_is_told_of_the_sign_out_before_it_is_gone(
    filing: Filing, window: Window
) -> None:
    number = filing.under_review()
    page = window(REVIEWER, 1280)
    page.goto(f"/reviews/{number}")
    page.locator("summary", has_text="Reject").click()
    page.locator("#action-reject input[type=checkbox]").first.check()
    page.context.clear_cookies()
    ask_for_news(page)
    expect(page.locator(".notice", has_text="You were signed out")).to_be_visible()
    expect(page.locator("#action-reject input[type=checkbox]").first).to_be_checked()


def test_who_left_the_page_finds_again_what_they_ticked(filing: Filing, window: Window) -> None:
    number = filing.under_review()
    page = window(REVIEWER, at=f"/reviews/{number}")
    page.locator("summary", has_text="Reject").click()
    boxes = page.locator("#action-reject input[type=checkbox]")
    boxes.nth(1).check()
    boxes.nth(2).check()
    boxes.nth(2).uncheck()
    page.locator("#action-reject textarea").fill("Page 2 is missing.")
    page.goto("/reviews")
    page.goto(f"/reviews/{number}")
    expect(boxes.nth(1)).to_be_visible()
    assert [box.is_checked() for box in boxes.all()[:3]] == [False, True, False]
    expect(page.locator("#action-reject")).to_contain_text("What you ticked and chose before is back.")

    with page.expect_navigation():
        page.locator("#action-reject button", has_text="Reject").click()
    expect(page.locator("#flashes .notice-success")).to_be_visible()
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft:'))") == []


def test_neither_tokens_nor_versions_are_kept(filing: Filing, window: Window) -> None:
    page = window(REVIEWER, at=f"/reviews/{filing.under_review()}")
    page.locator("summary", has_text="Reject").click()
    page.locator("#action-reject input[type=checkbox]").first.check()
    form = page.locator("#action-reject form")
    key = f"draft:{form.get_attribute('data-draft')}"
    kept = page.evaluate("key => JSON.parse(sessionStorage.getItem(key)).map(([name]) => name)", key)
    box = form.locator("input[type=checkbox]").first
    assert kept == [f"{box.get_attribute('name')}={box.get_attribute('value')}"]
