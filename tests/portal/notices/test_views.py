"""The page of notices: what others did on claims one may see, in the timeline’s words, until it is marked."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.model import Organization, Person, PersonLocation
from portal.claims.acting import act
from portal.claims.answers import Answers
from portal.claims.chain import record_event
from portal.db import db, transaction
from portal.notices import listing
from tests import factories
from tests.browser import Browser, Page
from tests.portal.reviews.filing import REVIEWER, Filing

INES = "incentives@contoso.example"
COUNT = ".nav-link[href='/notices'] .count"
TITLES = "#notices .timeline-head > span:first-child"
MARK = "Mark all as read"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRES = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


def numbers(page: Page) -> list[str]:
    return page.texts("#notices h2 a")


def count(page: Page) -> list[str]:
    return page.texts(COUNT)


def read_all(browser: Browser) -> Page:
    browser.visit("/notices")
    return browser.fill_and_submit(MARK)


def test_what_others_did_is_told_by_claim_until_it_is_marked_as_read(
    filing: Filing, billing: Browser, reviewer: Browser
) -> None:
    first, second = filing.submitted(), filing.submitted(product="exchange_online")
    filing.do("start_review", first, REVIEWER)
    page = billing.visit("/notices")
    assert numbers(page) == [first, second], "the one that something happened to last stands first"
    assert page.texts(TITLES)[:2] == ["Start review", "Submit"], "newest first, in the timeline's words"
    shown = billing.visit(f"/claims/{first}").texts("#claim-timeline .timeline-head > span:first-child")
    assert page.texts(f"[aria-labelledby='notices-{first}'] .timeline-head > span:first-child") == shown
    assert count(billing.page) == [f"{len(page.texts(TITLES))} new"]
    page = read_all(billing)
    assert "There is nothing new" in page.text
    assert (numbers(page), count(page)) == ([], [])
    filing.do("comment", first, REVIEWER, message="Look at page 2.")
    page = billing.visit("/notices")
    assert (page.texts(TITLES), count(page)) == (["Comment"], ["1 new"])
    assert "Look at page 2." in page.text
    assert billing.click(first).path == f"/claims/{first}"
    assert numbers(reviewer.visit("/notices")) == [second, first], "the mark is one person's alone"
    assert reviewer.click(second).path == f"/reviews/{second}"


def test_own_acts_are_no_news(filing: Filing) -> None:
    number = filing.under_review()
    ines = filing.browser(INES)
    assert ines.visit("/notices").texts(TITLES) == ["Start review"]
    filing.do("comment", number, INES, message="Thank you.")
    assert ines.visit("/notices").texts(TITLES) == ["Start review"]


def test_nobody_is_told_of_claims_that_they_may_not_see(filing: Filing, reviewer: Browser) -> None:
    draft = filing.draft()
    stranger = filing.browser("global@fabrikam.example")
    for browser in (stranger, reviewer):
        page = browser.visit("/notices")
        assert (numbers(page), count(page)) == ([], [])
        assert draft not in page.text


def test_whoever_is_restricted_to_locations_is_told_of_their_claims_alone(
    filing: Filing, billing: Browser
) -> None:
    filing.submitted()
    assert numbers(billing.visit("/notices"))
    with filing.context(), transaction() as session:
        who = filing.actors["billing@contoso.example"]
        owner = session.get_one(Organization, who.organization_id)
        elsewhere = factories.location(session, owner, name="Elsewhere")
        session.add(PersonLocation(person_id=who.person_id, location_id=elsewhere.id))
    assert (numbers(billing.visit("/notices")), count(billing.page)) == ([], [])


def test_what_the_timeline_hides_from_a_side_is_hidden_here(filing: Filing, billing: Browser) -> None:
    number = filing.under_review()
    page = billing.visit("/notices")
    assert "Review team" in page.text
    assert filing.actors[REVIEWER].name not in page.text
    with filing.context():
        same = Answers({"name": (filing.claim(number).name,)})
        ines = filing.actors[INES]
        other = filing.draft(product="exchange_online")
        read_all(billing)
        act(filing.desk, "edit", other, ines, same)  # nothing was changed
    assert (numbers(billing.visit("/notices")), count(billing.page)) == ([], [])


def test_what_was_before_somebody_joined_is_no_news(filing: Filing) -> None:
    filing.submitted()
    filing.wait(1)
    with filing.context(), transaction() as session:
        owner = session.get_one(Organization, filing.actors[INES].organization_id)
        new = factories.person(session, owner, "billing_admin", account="new")
        new.created_at = filing.clock.now()
    assert numbers(filing.browser("new@contoso.example").visit("/notices")) == []


@SQLITE
def test_a_page_opened_before_takes_nothing_along_and_nothing_back(filing: Filing, billing: Browser) -> None:
    number = filing.submitted()
    billing.visit("/notices")
    early = billing.filled(MARK)
    filing.do("start_review", number, REVIEWER)
    page = billing.send_filled(early)
    assert page.texts(TITLES) == ["Start review"], "it came after the page"
    read_all(billing)
    assert numbers(billing.send_filled(early)) == [], "an older mark takes no newer one back"


@SQLITE
@pytest.mark.parametrize("mark", ["", "x", "999999999", "1 2", "-1", "1" * 3000, "1 5-", "٣"])
def test_what_is_no_mark_marks_nothing(filing: Filing, billing: Browser, mark: str) -> None:
    number = filing.submitted()
    billing.visit("/notices")
    page = billing.post("/notices", mark=mark)
    assert "Nothing was marked" in page.text
    assert numbers(page) == [number]


def test_pages_go_on_behind_the_last_claim(
    filing: Filing, billing: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "CLAIMS_PER_PAGE", 2)
    monkeypatch.setattr(listing, "LINES_AT_MOST", 1)
    made = [filing.submitted(product=product) for product in ("teams", "exchange_online", "intune")]
    page = billing.visit("/notices")
    assert numbers(page) == [made[2], made[1]]
    assert page.texts(TITLES) == ["Submit", "Submit"]
    assert any("more on the claim" in words for words in page.links())
    filing.do("start_review", made[2], REVIEWER)  # it moves up; what is behind stays behind
    page = billing.click("Next notices")
    assert numbers(page) == [made[0]]
    assert MARK not in page.buttons(), "whoever marks all begins at the newest"
    assert numbers(billing.click("Back to the newest")) == [made[2], made[1]]
    for bad in ("x", "0", "-1", "99999999999999"):
        billing.visit(f"/notices?before={bad}")


@SQLITE
def test_more_than_are_counted_are_told_as_more(filing: Filing, billing: Browser) -> None:
    number = filing.submitted()
    with filing.context(), transaction() as session:
        for _ in range(100):
            record_event(session, filing.desk, number, filing.actors[REVIEWER], "comment", filing.clock.now())
    assert count(billing.visit("/claims")) == ["99+ new"]


@contextmanager
def another_session(filing: Filing) -> Iterator[Session]:
    """Yield a session whose transaction is open beside every other."""
    with filing.context(), Session(db.engine) as session:
        yield session


@POSTGRES
def test_an_event_that_commits_late_is_not_lost(filing: Filing, billing: Browser) -> None:
    slow, quick = filing.submitted(), filing.submitted(product="exchange_online")
    read_all(billing)
    by = filing.actors[REVIEWER]
    with another_session(filing) as late:
        event = record_event(late, filing.desk, slow, by, "comment", filing.clock.now())
        late.flush()
        number = event.id
        filing.do("start_review", quick, REVIEWER)
        assert numbers(billing.visit("/notices")) == [quick]
        late.commit()
    page = billing.fill_and_submit(MARK)
    assert numbers(page) == [slow], f"event {number} was not there when the page was shown"
    assert numbers(read_all(billing)) == []


@SQLITE
def test_who_reads_everything_at_the_time_of_the_migration_begins_there(filing: Filing) -> None:
    filing.submitted()
    with filing.context(), transaction() as session:
        session.execute(update(Person).values(notices_read_to=10**6))
    assert numbers(filing.browser("billing@contoso.example").visit("/notices")) == []


@SQLITE
def test_what_was_read_is_found_again_and_nothing_else(
    filing: Filing, billing: Browser, reviewer: Browser
) -> None:
    number = filing.submitted()
    filing.do("start_review", number, REVIEWER)
    assert numbers(billing.visit("/notices/read")) == [], "nothing was marked yet"
    told = billing.visit("/notices").texts(TITLES)
    read_all(billing)
    filing.do("comment", number, REVIEWER, message="Look at page 2.")
    billing.visit("/notices")
    page = billing.click("Show what was read")
    assert page.texts(TITLES) == told
    assert "Look at page 2." not in page.region("notices")
    assert numbers(reviewer.visit("/notices/read")) == [], "it is one person's alone"
