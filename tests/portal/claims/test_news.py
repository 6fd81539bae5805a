"""An open page learns what happened to its claim, costs little else, and keeps nobody signed in."""

from datetime import timedelta
from http import HTTPStatus

import pytest

from tests.browser import Browser, Page
from tests.portal.reviews.filing import REVIEWER, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PARTNER = "incentives@contoso.example"
PARTS = {"news", "standing", "actions", "details", "documents", "requests", "comments", "timeline"}


def opened(filing: Filing, number: str, email: str = PARTNER) -> Browser:
    browser = filing.browser(email)
    browser.visit(f"/claims/{number}")
    return browser


def asked(browser: Browser, page: Page, *, status: int = 200) -> Page:
    """Ask for news as the page itself does."""
    (news,) = page.select("[data-news]")
    tag = news.get("data-hx-headers").split('\\"')[1]
    headers = {"HX-Request": "true", "If-None-Match": f'"{tag}"'}
    return browser.visit(news.get("data-hx-get"), status=status, headers=headers)


def test_what_the_other_side_does_is_in_the_answer(filing: Filing) -> None:
    number = filing.submitted()
    browser = opened(filing, number)
    page = browser.page
    assert asked(browser, page, status=HTTPStatus.NOT_MODIFIED).content == b""
    filing.do("start_review", number, REVIEWER)
    filing.do("comment", number, REVIEWER, message="Good evening.")
    answer = asked(browser, page)
    assert {part.get("id").removeprefix("claim-") for part in answer.select("[id^=claim-]")} >= PARTS
    assert "Under review" in answer.region("claim-standing")
    assert "Good evening." in answer.region("claim-comments")
    (news,) = answer.select("#claim-news")
    told = "Review team: Start review. The claim’s status is now “Under review”. Review team: Comment."
    assert news.get("data-announce") == f"{number} changed. {told}"
    assert news.cssselect("[data-held]")[0].get("hidden") is not None, "only who is at a form is told"
    assert asked(browser, answer, status=HTTPStatus.NOT_MODIFIED).content == b""


@SQLITE
def test_days_left_are_news_and_nobody_is_told_of_what_they_saw(filing: Filing) -> None:
    number = filing.submitted()
    browser = opened(filing, number)
    page = browser.page
    filing.clock.set(filing.clock.now() + timedelta(days=1))
    browser = opened(filing, number)  # the session of before has ended
    (news,) = asked(browser, page).select("#claim-news")
    assert news.get("data-announce") is None
    assert not news.cssselect("[data-held]")


@SQLITE
def test_people_are_not_told_of_other_peoples_page(filing: Filing) -> None:
    number = filing.submitted()
    page = opened(filing, number).page
    other = opened(filing, number, "global@contoso.example")
    assert asked(other, page).status == HTTPStatus.OK, "their page can say something else"
    stranger = filing.browser("incentives@fabrikam.example")
    stranger.visit("/claims")
    asked(stranger, page, status=HTTPStatus.NOT_FOUND)


@SQLITE
@pytest.mark.parametrize("since", ["", "x", "-1", "9" * 30, "999"])
def test_an_odd_version_has_no_news(filing: Filing, since: str) -> None:
    number = filing.submitted()
    browser = opened(filing, number)
    answer = browser.visit(f"/claims/{number}/news?since={since}", headers={"HX-Request": "true"})
    assert answer.select("#claim-news")[0].get("data-announce") is None


@SQLITE
def test_whoever_opens_the_address_sees_the_claim(filing: Filing) -> None:
    number = filing.submitted()
    assert opened(filing, number).visit(f"/claims/{number}/news").select("h1")


@SQLITE
def test_an_open_page_keeps_nobody_signed_in(filing: Filing) -> None:
    number = filing.submitted()
    browser = opened(filing, number)
    page = browser.page
    idle = timedelta(minutes=filing.desk.settings.session_idle_minutes)
    filing.clock.set(filing.clock.now() + idle * 0.9)
    asked(browser, page, status=HTTPStatus.NOT_MODIFIED)
    filing.clock.set(filing.clock.now() + idle * 0.2)
    answer = asked(browser, page, status=HTTPStatus.UNAUTHORIZED)
    assert answer.headers["HX-Redirect"].startswith("/sign-in")
