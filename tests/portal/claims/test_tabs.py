"""The dashboard's tabs and what waits for the reader: counts follow the filters, and links keep them."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from portal.db import db
from tests.browser import Browser, Page
from tests.portal.claims.rows import add_claims
from tests.portal.claims.test_listing import shown
from tests.portal.reviews.filing import Filing

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def tabs(page: Page) -> dict[str, int]:
    """Return the tabs that count anything."""
    found = (text.rsplit(" ", 1) for text in page.texts(".list-tabs a"))
    return {label: int(number) for label, number in found if number != "0"}


def current(page: Page) -> list[str]:
    return [text.rsplit(" ", 1)[0] for text in page.texts(".list-tabs [aria-current]")]


def some(filing: Filing) -> list[str]:
    now = filing.clock.now()
    return add_claims(
        filing,
        {"name": "red"},
        {"name": "blue"},
        {"name": "red", "status": "submitted", "waits_for": "operator", "due_at": now},
        {"name": "red", "status": "rejected", "due_at": now + timedelta(days=9)},
        {"name": "blue", "status": "rejected", "waits_for": "nobody"},
    )


def test_each_tab_counts_what_the_other_filters_leave(filing: Filing, partner: Browser) -> None:
    some(filing)
    page = partner.visit("/claims?status=draft")
    assert tabs(page) == {"All": 5, "Waiting for you": 3, "Draft": 2, "Submitted": 1, "Rejected": 2}
    assert current(page) == ["Draft"]
    page = partner.visit("/claims?q=red&status=rejected")
    assert tabs(page) == {"All": 3, "Waiting for you": 2, "Draft": 1, "Submitted": 1, "Rejected": 1}
    assert "1 claim found" in page.region("claims-results")
    page = partner.visit("/claims?move=operator")
    assert tabs(page) == {"All": 1, "Waiting for you": 3, "Submitted": 1}
    assert current(page) == ["All"]
    assert partner.visit("/claims?status=submitted&move=partner").texts(".empty-title") == [
        "No claim matches"
    ]


@SQLITE
def test_a_tab_keeps_the_other_filters_and_leads_where_it_counts(filing: Filing, partner: Browser) -> None:
    numbers = some(filing)
    partner.visit("/claims?q=red&sort=number")
    links = {link.get("id"): link.get("href") for link in partner.page.select(".list-tabs a")}
    page = partner.visit(links["tab-waiting"])
    assert shown(page) == [numbers[0], numbers[3]]
    assert current(page) == ["Waiting for you"]
    assert page.texts(".chip") == ["Remove the filter Search: red✕"]
    page = partner.visit(page.select("#tab-status-rejected")[0].get("href"))
    assert shown(page) == [numbers[3]], "another tab is not filtered by what the first one chose"
    assert page.path == "/claims?q=red&status=rejected&sort=number"


@SQLITE
def test_the_plain_page_begins_with_the_most_urgent_of_what_waits(filing: Filing, partner: Browser) -> None:
    now = filing.clock.now()
    dues = [None, 9, 2, 1, 5, None, 4]
    numbers = add_claims(
        filing,
        *({"due_at": None if days is None else now + timedelta(days=days)} for days in dues),
        {"status": "submitted", "waits_for": "operator", "due_at": now},
    )
    page = partner.visit("/claims")
    waiting = page.texts("#claims-waiting li a")
    assert waiting == [numbers[place] for place in (3, 2, 6, 4, 1)]
    assert sorted(shown(page)) == sorted(numbers), "the list below still has every claim"
    assert shown(partner.click("See all 7 claims that wait"))[:3] == [numbers[3], numbers[2], numbers[6]]
    assert not partner.page.select("#claims-waiting")
    assert not partner.visit("/claims?sort=number").select("#claims-waiting")


@SQLITE
def test_where_nothing_waits_the_page_says_so(filing: Filing, partner: Browser) -> None:
    filing.submitted()
    assert "Nothing waits for you." in partner.visit("/claims").region("claims-waiting")


@SQLITE
def test_another_organizations_claims_are_not_counted(filing: Filing, partner: Browser) -> None:
    add_claims(filing, {}, {}, partner="fabrikam")
    add_claims(filing, {})
    assert tabs(partner.visit("/claims")) == {"All": 1, "Waiting for you": 1, "Draft": 1}


@SQLITE
def test_one_query_counts_for_all_tabs(filing: Filing, partner: Browser) -> None:
    some(filing)
    counting: list[str] = []
    with filing.context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "count(" in statement and "FROM claims" in statement:
            counting.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    partner.visit("/claims?q=red")
    event.remove(engine, "before_cursor_execute", note)
    assert len(counting) == 1
