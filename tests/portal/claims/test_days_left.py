"""Days left in words: whole days of the program's zone, and what is late stays late."""

from datetime import date

import pytest

from portal.claims.days_left import DaysLeft, days_left
from tests.browser import Browser
from tests.portal.reviews.filing import REVIEWER, Filing

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("due_on", "overdue", "expected"),
    [
        (date(2026, 11, 21), False, DaysLeft("2 days overdue", "danger", "2 calendar days overdue")),
        (date(2026, 11, 22), False, DaysLeft("1 day overdue", "danger", "1 calendar day overdue")),
        (date(2026, 11, 22), True, DaysLeft("1 day overdue", "danger", "1 calendar day overdue")),
        (date(2026, 11, 23), False, DaysLeft("Due today", "danger")),
        (date(2026, 11, 24), False, DaysLeft("1 day left", "attention", "1 calendar day left")),
        (date(2026, 11, 26), False, DaysLeft("3 days left", "attention", "3 calendar days left")),
        (date(2026, 11, 27), False, DaysLeft("4 days left", "neutral", "4 calendar days left")),
        (date(2026, 12, 24), True, DaysLeft("Overdue", "danger")),
    ],
)
def test_the_words_of_what_is_left(due_on: date, overdue: bool, expected: DaysLeft) -> None:
    assert days_left(due_on, TODAY, overdue=overdue) == expected


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_day_ends_in_the_programs_zone(filing: Filing, partner: Browser) -> None:
    filing.submitted()  # five business days from Monday 23 November, one of them a holiday: 1 December
    (told,) = partner.visit("/claims").texts("td[data-label=Until]")
    assert told == "8 days left 1 December 2026"
    late = filing.clock.now().replace(day=24, hour=4)  # there it is still Monday
    filing.clock.set(late)
    assert partner.visit("/claims").texts("td[data-label=Until] .left") == ["8 days left"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_where_business_days_are_told_too_the_days_left_name_their_unit(
    filing: Filing, partner: Browser
) -> None:
    number = filing.submitted()
    standing = partner.visit(f"/claims/{number}").region("claim-standing")
    assert "8 calendar days left" in standing
    assert "5 business days" in standing
    reviewer = filing.browser(REVIEWER).visit(f"/reviews/{number}")
    assert "8 calendar days left" in reviewer.region("review-standing")
