"""The day of a reminder, against a count that walks day by day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.calendars.days import Calendar
from portal.calendars.reminders import reminder_moment
from tests.portal.calendars import naive
from tests.portal.calendars.test_counting import ZONES

COUNTRIES = ("US", "DE-BY", "JP", "BR")


def walked_back(last: date, days: int, country: str) -> date:
    day = last
    while days:
        day -= timedelta(days=1)
        days -= naive.works(country, day)
    return day


@given(
    last=st.dates(date(2015, 1, 1), date(2045, 12, 31)),
    days=st.integers(1, 300),
    country=st.sampled_from(COUNTRIES),
    zone=st.sampled_from(ZONES),
)
def test_a_reminder_comes_with_the_first_moment_of_its_day(
    last: date, days: int, country: str, zone: str
) -> None:
    at, day = reminder_moment(last, days, country, zone), walked_back(last, days, country)
    assert at.astimezone(ZoneInfo(zone)).date() == day
    assert (at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() < day
    assert Calendar(country).is_business_day(day)


def test_free_days_are_stepped_over_and_the_last_day_may_be_one() -> None:
    def on(last: date, days: int) -> date:
        return reminder_moment(last, days, "US", "UTC").date()

    assert reminder_moment(date(2026, 12, 14), 1, "US", "America/Los_Angeles") == datetime(
        2026, 12, 11, 8, tzinfo=UTC
    )
    assert on(date(2026, 12, 25), 1) == date(2026, 12, 24)  # the last day is a holiday
    assert on(date(2026, 12, 28), 3) == date(2026, 12, 22)
    assert on(date(2027, 1, 3), 1) == date(2026, 12, 31)  # and here a Sunday after one
    with pytest.raises(ValueError, match="from 1"):
        on(date(2026, 12, 14), 0)
