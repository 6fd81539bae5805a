"""An open review page learns what happened to its claim, and stays as it is read and typed in."""

from http import HTTPStatus

import pytest

from tests.browser import Browser
from tests.portal.claims.test_news import asked
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
INES = "incentives@contoso.example"


def opened(filing: Filing, number: str) -> Browser:
    browser = filing.browser(REVIEWER)
    browser.visit(f"/reviews/{number}")
    return browser


def test_an_open_review_is_told_what_happened_since_it_was_opened(filing: Filing) -> None:
    number = filing.under_review()
    browser = opened(filing, number)
    page = browser.page
    assert not page.select("#review-news .notice")
    assert asked(browser, page, status=HTTPStatus.NOT_MODIFIED).content == b""

    filing.do("comment", number, INES, message="Page 2 follows.")
    first = asked(browser, page)
    assert first.select("#review-news")[0].get("data-announce").startswith(f"{number} changed. ")
    assert "Contoso: Comment." in first.region("review-news")
    assert first.links()["Show it as it is now"] == f"/reviews/{number}"
    assert not first.select("section"), "nothing of the page is exchanged"
    assert asked(browser, first, status=HTTPStatus.NOT_MODIFIED).content == b""

    # What happened is told since the page was opened, not since it was told last.
    filing.do("reject", number, REVIEWER2, reason="insufficient_poe", message="Page 2 is missing.")
    second = asked(browser, first).region("review-news")
    assert "Contoso: Comment." in second
    assert "“Rejected”" in second


@SQLITE
@pytest.mark.parametrize("since", ["", "x", "-1", "9" * 30, "999"])
def test_an_odd_version_has_no_news(filing: Filing, since: str) -> None:
    number = filing.under_review()
    answer = filing.browser(REVIEWER).visit(f"/reviews/{number}/news?since={since}")
    assert not answer.select("#review-news .notice")


@SQLITE
def test_partners_and_strangers_get_no_news_of_reviews(filing: Filing) -> None:
    number, draft = filing.under_review(), filing.draft("fabrikam")
    filing.browser(INES).visit(f"/reviews/{number}/news", status=HTTPStatus.FORBIDDEN)
    filing.browser(REVIEWER).visit(f"/reviews/{draft}/news", status=HTTPStatus.NOT_FOUND)
