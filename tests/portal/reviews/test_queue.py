"""The reviewer's queue: what waits, in which order, and how it is narrowed."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.accounts.model import Person
from portal.db import transaction
from portal.settings import Settings, read_settings
from tests.browser import Browser
from tests.factories import PASSWORD
from tests.portal.reviews.filing import REVIEWER, REVIEWER2, Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def numbers(browser: Browser) -> list[str]:
    return [row["Claim"] for row in browser.page.rows("#review-queue table")]


def test_what_waits_for_a_reviewer_is_listed_with_the_earliest_deadline_first(filing: Filing) -> None:
    later = filing.under_review()
    filing.wait(1)
    sooner = filing.submitted("fabrikam", "intune")
    filing.draft("contoso", "exchange_online")
    browser = filing.browser()
    page = browser.visit("/reviews")
    assert numbers(browser) == [sooner, later]
    first, second = page.rows("#review-queue table")
    assert first["Organization"] == "Fabrikam"
    assert first["Customer"] == "Adatum"
    assert first["Products"] == "Microsoft Intune"
    assert first["Status"] == "Submitted"
    assert first["Reviewer"] == "Unassigned"
    assert first["Due"] == "8 days left 2 December 2026"
    assert second["Round"] == "1"
    assert second["Reviewer"].startswith("Reviewer")


@SQLITE
def test_choices_show_mine_unassigned_overdue_and_every_submitted_claim(filing: Filing) -> None:
    mine = filing.under_review(by=REVIEWER)
    theirs = filing.under_review("fabrikam", "intune", by=REVIEWER2)
    nobodys = filing.submitted("contoso", "exchange_online")
    done = filing.approved("fabrikam", "sharepoint_online")
    browser = filing.browser(REVIEWER)
    for show, expected in {
        "mine": {mine},
        "unassigned": {nobodys},
        "overdue": set(),
        "every": {mine, theirs, nobodys, done},
        "made up": {mine, theirs, nobodys},
    }.items():
        page = browser.visit(f"/reviews?show={show}")
        shown = set(numbers(browser)) if page.select("#review-queue table") else set()
        assert shown == expected, show
    assert "Unassigned 1" in browser.page.texts("nav.tabs a")[2]


@SQLITE
def test_a_claim_past_its_deadline_is_flagged_and_comes_first_before_and_after_the_sweep(
    filing: Filing,
) -> None:
    late = filing.submitted()
    filing.wait(12)
    fresh = filing.submitted("fabrikam", "intune")
    browser = filing.browser()
    browser.visit("/reviews")
    before = browser.page.rows("#review-queue table")
    filing.do("comment", late, REVIEWER, message="On my way.")  # applies the end that is due
    assert filing.claim(late).due_at is None
    browser.visit("/reviews")
    assert browser.page.rows("#review-queue table") == before
    assert numbers(browser) == [late, fresh]
    assert "overdue" in before[0]["Due"]
    assert "overdue" not in before[1]["Due"]
    browser.visit("/reviews?show=overdue")
    assert numbers(browser) == [late]


@SQLITE
def test_a_claim_of_somebody_who_was_let_go_is_nobodys(filing: Filing) -> None:
    number = filing.under_review(by=REVIEWER2)
    browser = filing.browser(REVIEWER)
    browser.visit("/reviews?show=unassigned")
    assert not browser.page.select("#review-queue table")
    assert "Next claim" not in browser.page.links()
    with filing.context(), transaction() as session:
        session.scalars(select(Person).where(Person.email == REVIEWER2)).one().active = False
    browser.visit("/reviews?show=unassigned")
    assert numbers(browser) == [number]
    assert browser.page.rows("#review-queue table")[0]["Reviewer"].startswith("Unassigned, was Reviewer")
    assert browser.page.links()["Next claim"] == f"/reviews/{number}"


@SQLITE
def test_the_next_claim_is_the_one_after_this_that_waits_for_this_reviewer_or_for_nobody(
    filing: Filing,
) -> None:
    first = filing.under_review(by=REVIEWER)
    filing.under_review("fabrikam", "intune", by=REVIEWER2)
    browser = filing.browser(REVIEWER)
    assert "No other claim waits for you" in browser.visit(f"/reviews/{first}").text
    second = filing.submitted("contoso", "exchange_online")
    filing.wait(1)
    browser = filing.browser(REVIEWER)
    third = filing.submitted("fabrikam", "sharepoint_online")
    order = [second, third, first]  # the start of a review is due before the review
    assert browser.visit("/reviews").links()["Next claim"] == f"/reviews/{second}"
    for number, following in zip(order, [*order[1:], order[0]], strict=True):
        assert browser.visit(f"/reviews/{number}").links()["Next claim"] == f"/reviews/{following}"
    filing.do("approve", first, REVIEWER)
    assert browser.visit(f"/reviews/{first}").links()["Next claim"] == f"/reviews/{second}"


@SQLITE
def test_typing_a_search_changes_the_list_alone(filing: Filing) -> None:
    found = filing.submitted("fabrikam", "intune")
    filing.submitted("contoso", "teams")
    browser = filing.browser()
    page = browser.visit("/reviews")
    assert page.select("form[data-hx-target='#review-queue'] input#q")
    assert not page.select("#review-queue input#q"), "what is typed must not be swapped away"
    browser.fragment("/reviews?q=intune")
    assert numbers(browser) == [found]


@SQLITE
def test_search_finds_by_number_customer_product_and_organization(filing: Filing) -> None:
    found = filing.submitted("fabrikam", "intune")
    other = filing.submitted("contoso", "teams")
    browser = filing.browser()
    browser.visit("/reviews")
    for words in (found, "INTUNE", "fabrikam", f"adatum {found}"):
        browser.fill_and_submit("Search", q=words)
        assert numbers(browser) == [found], words
        browser.visit("/reviews")
    browser.fill_and_submit("Search", q="adatum")
    assert set(numbers(browser)) == {found, other}
    browser.visit("/reviews?q=100%25")
    assert "No claim fits your search" in browser.page.text


@SQLITE
def test_an_empty_queue_says_so(filing: Filing) -> None:
    assert "Nothing waits here" in filing.browser().visit("/reviews").text


class TestPaging:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return read_settings(**{**settings.model_dump(), "claims_per_page": 2})

    @SQLITE
    def test_pages_hold_each_claim_once_forwards_and_backwards(self, filing: Filing) -> None:
        products = ["teams", "intune", "exchange_online", "sharepoint_online", "entra_id_p1"]
        wanted = [filing.submitted("contoso", product) for product in products]  # all due at once
        browser = filing.browser()
        browser.visit("/reviews")
        forwards = [numbers(browser)]
        while "Next claims" in browser.page.links():
            browser.click("Next claims")
            forwards.append(numbers(browser))
        assert forwards == [wanted[:2], wanted[2:4], wanted[4:]]
        backwards = [numbers(browser)]
        while "Previous claims" in browser.page.links():
            browser.click("Previous claims")
            backwards.append(numbers(browser))
        assert backwards == forwards[::-1]

    @SQLITE
    @pytest.mark.parametrize("cursor", ["x", "2026-01-01~1", "bnVsbA", "é", "A" * 5000])
    def test_a_made_up_place_begins_at_the_start(self, filing: Filing, cursor: str) -> None:
        number = filing.submitted()
        browser = filing.browser()
        for way in ("after", "before"):
            browser.visit(f"/reviews?{way}={cursor}")
            assert numbers(browser) == [number]


@SQLITE
def test_only_people_who_read_reviews_get_in(filing: Filing) -> None:
    stranger = Browser(filing.app)
    assert stranger.visit("/reviews").path.startswith("/sign-in")
    for email in ("global@contoso.example", "policy@operator.example", "admin@operator.example"):
        browser = Browser(filing.app)
        browser.sign_in(email, PASSWORD)
        browser.visit("/reviews", status=403)


@SQLITE
def test_the_number_of_queries_does_not_grow_with_the_queue(
    filing: Filing, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    filing.submitted()
    browser = filing.browser()
    one = count_queries(lambda: browser.visit("/reviews"))
    for product in ("intune", "exchange_online", "sharepoint_online"):
        filing.submitted("fabrikam", product)
    assert count_queries(lambda: browser.visit("/reviews")) == one
