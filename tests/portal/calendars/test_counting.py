from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.calendars.counting import business_days_between, count, end_of, left
from portal.calendars.days import EDITION, Calendar, UnknownCalendar, country_of, named_calendar
from tests.portal.calendars import naive

PACIFIC = "America/Los_Angeles"
ZONES = (
    PACIFIC,
    "America/Havana",  # summer time ends at one o'clock, when midnight comes again
    "America/Santiago",  # summer time begins at midnight, which does not happen then
    "America/St_Johns",  # half an hour; until 2011 it changed one minute after midnight
    "Europe/Berlin",
    "Asia/Kathmandu",  # a quarter of an hour
    "Australia/Lord_Howe",  # summer time of half an hour
    "Pacific/Apia",  # 30 December 2011 did not happen there
)
COUNTRIES = ("US", "DE-BY", "AE", "CN", "JP")

SECONDS = [int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2012, 2045)]
moments = st.integers(*SECONDS).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
zones = st.sampled_from(ZONES)
countries = st.sampled_from(COUNTRIES)


def event(*parts: int, zone: str = PACIFIC) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone))  # type: ignore[misc,arg-type]  # year, month, day, hour …


def test_fourteen_business_days_over_thanksgiving() -> None:
    due = count(event(2026, 11, 23, 9), "14 business days", "US", PACIFIC)

    assert due.due_on == date(2026, 12, 14)
    assert due.due_at == datetime(2026, 12, 15, 8, tzinfo=UTC)
    assert due.calendar == f"US holidays {EDITION}"
    assert due.arithmetic == (
        "14 business days: day 1 is Tue 24 Nov; Thu 26 Nov is a holiday (Thanksgiving Day); "
        "day 14 is Mon 14 Dec 2026; due at the end of that day (Los Angeles)"
    )


def test_calendar_days_count_weekends_and_holidays() -> None:
    due = count(event(2026, 11, 23, 9), "30 calendar days", "US", PACIFIC)

    assert due.due_on == date(2026, 12, 23)
    assert due.calendar == "calendar days"
    assert due.arithmetic == (
        "30 calendar days: day 1 is Tue 24 Nov; day 30 is Wed 23 Dec 2026; "
        "due at the end of that day (Los Angeles)"
    )


@pytest.mark.parametrize(
    ("start", "length", "day"),
    [
        pytest.param(event(2026, 11, 20, 9), "1 business day", date(2026, 11, 23), id="a Friday"),
        pytest.param(event(2026, 11, 21, 9), "1 business day", date(2026, 11, 23), id="a Saturday"),
        pytest.param(event(2026, 11, 22, 23, 59), "1 business day", date(2026, 11, 23), id="late on Sunday"),
        pytest.param(event(2026, 11, 26, 9), "1 business day", date(2026, 11, 27), id="a holiday"),
        pytest.param(event(2026, 7, 2, 9), "1 business day", date(2026, 7, 6), id="holiday on a Saturday"),
        pytest.param(event(2021, 12, 30, 9), "1 business day", date(2022, 1, 3), id="observed in old year"),
        pytest.param(event(2028, 2, 28, 9), "1 business day", date(2028, 2, 29), id="29 February"),
        pytest.param(event(2028, 2, 28, 9), "2 calendar days", date(2028, 3, 1), id="over 29 February"),
        pytest.param(event(2027, 2, 28, 9), "1 calendar day", date(2027, 3, 1), id="no 29 February"),
        pytest.param(event(2026, 12, 31, 23, 59), "1 calendar day", date(2027, 1, 1), id="end of a year"),
    ],
)
def test_the_first_day_is_the_next_one_that_counts(start: datetime, length: str, day: date) -> None:
    assert count(start, length, "US", PACIFIC).due_on == day


def test_the_day_of_the_event_is_the_one_in_the_programs_zone() -> None:
    # Nine in the evening in Los Angeles is the next morning in UTC.
    assert count(event(2026, 11, 23, 21), "1 calendar day", "US", PACIFIC).due_on == date(2026, 11, 24)
    assert count(event(2026, 11, 23, 21), "1 calendar day", "US", "UTC").due_on == date(2026, 11, 25)


def test_a_holiday_before_the_first_day_is_told_first() -> None:
    assert count(event(2026, 11, 25, 9), "1 business day", "US", PACIFIC).arithmetic == (
        "1 business day: Thu 26 Nov is a holiday (Thanksgiving Day); day 1 is Fri 27 Nov 2026; "
        "due at the end of that day (Los Angeles)"
    )


def test_days_of_another_year_are_told_with_it() -> None:
    words = count(event(2026, 12, 22, 9), "7 business days", "US", PACIFIC).arithmetic

    assert "day 1 is Wed 23 Dec 2026; Fri 25 Dec 2026 is a holiday (Christmas Day); Fri 1 Jan is" in words
    assert "day 7 is Mon 4 Jan 2027" in words


def test_a_holiday_on_a_weekend_is_not_told() -> None:
    assert "holiday" not in count(event(2027, 12, 24, 9), "1 business day", "US", PACIFIC).arithmetic
    assert (
        "Independence Day (observed)"
        in count(event(2026, 7, 2, 9), "5 business days", "US", PACIFIC).arithmetic
    )


def test_many_holidays_are_counted() -> None:
    words = count(event(2026, 11, 23, 9), "300 business days", "US", PACIFIC).arithmetic

    assert words.count("is a holiday") == 8
    assert "; 7 more holidays later; day 300 is " in words


def test_the_day_ends_where_summer_time_begins_at_midnight() -> None:
    # In Santiago 6 September 2026 begins at one o'clock.
    due = count(event(2026, 9, 4, 9, zone="America/Santiago"), "1 calendar day", "CL", "America/Santiago")

    assert due.due_at == datetime(2026, 9, 6, 4, tzinfo=UTC)
    assert due.due_at.astimezone(ZoneInfo("America/Santiago")).hour == 1


@given(
    start=moments,
    days=st.integers(1, 60),
    business=st.booleans(),
    country=countries,
    zone=zones,
)
@example(start=datetime(2026, 3, 7, 9, tzinfo=UTC), days=1, business=False, country="US", zone=PACIFIC)
@example(
    start=datetime(2026, 10, 31, 9, tzinfo=UTC), days=1, business=False, country="US", zone="America/Havana"
)
@example(
    start=datetime(2028, 2, 28, 9, tzinfo=UTC), days=1, business=True, country="AE", zone="Asia/Kathmandu"
)
@settings(max_examples=300, deadline=None)
def test_counting_agrees_with_walking_day_by_day(
    start: datetime, days: int, business: bool, country: str, zone: str
) -> None:
    length = f"{days} {'business' if business else 'calendar'} days"

    due = count(start, length, country, zone)

    assert due.due_on == naive.due_on(start, days, business, country, zone)
    assert due.due_at == naive.over_at(due.due_on, zone)
    assert due.due_at.tzinfo is UTC


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("year", [2010, 2011, 2026])
def test_every_day_of_a_year_ends_when_the_next_begins(zone: str, year: int) -> None:
    for number in range(365):
        day = date(year, 1, 1) + timedelta(days=number)
        if zone == "America/St_Johns" and year < 2012:
            assert_comes_back_no_more(day, zone)
        else:
            assert end_of(day, ZoneInfo(zone)) == naive.over_at(day, zone), day


def assert_comes_back_no_more(day: date, zone: str) -> None:
    over = end_of(day, ZoneInfo(zone))
    before = (over - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
    assert before == day
    for minutes in range(180):
        assert (over + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone)).date() > day


@given(day=st.dates(date(2012, 1, 1), date(2044, 1, 1)), span=st.integers(-40, 400), country=countries)
@example(day=date(2026, 12, 31), span=0, country="US")
@example(day=date(2024, 2, 28), span=366, country="CN")
@settings(max_examples=200, deadline=None)
def test_days_between_agree_with_walking(day: date, span: int, country: str) -> None:
    until = day + timedelta(days=span)
    first, last = sorted((day, until))
    walked = sum(naive.works(country, first + timedelta(days=n)) for n in range(1, (last - first).days + 1))

    assert business_days_between(day, until, country) == (walked if span >= 0 else -walked)


@given(day=st.dates(date(2012, 1, 1), date(2044, 1, 1)), country=countries)
@settings(max_examples=200, deadline=None)
def test_business_days_are_those_of_the_calendar(day: date, country: str) -> None:
    assert Calendar(country).is_business_day(day) == naive.works(country, day)


@pytest.mark.parametrize(
    ("now", "due_on", "length", "words"),
    [
        (event(2026, 11, 23, 9), date(2026, 11, 27), "14 business days", "3 business days left"),
        (event(2026, 11, 23, 9), date(2026, 11, 24), "14 business days", "1 business day left"),
        (event(2026, 11, 23, 9), date(2026, 11, 27), "30 calendar days", "4 calendar days left"),
        (event(2026, 11, 27, 23, 59), date(2026, 11, 27), "14 business days", "ends today"),
        (event(2026, 11, 28, 0), date(2026, 11, 27), "14 business days", "ended on Fri 27 Nov 2026"),
        (event(2026, 11, 27, 9), date(2026, 11, 28), "14 business days", "ends on Sat 28 Nov 2026"),
    ],
)
def test_what_is_left_is_told_in_words(now: datetime, due_on: date, length: str, words: str) -> None:
    assert left(now, due_on, length, "US", PACIFIC) == words


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        count(datetime(2026, 11, 23, 9), "1 business day", "US", PACIFIC)  # noqa: DTZ001  # what is refused


@pytest.mark.parametrize(
    "length", ["0 business days", "14 days", "14 business weeks", "-1 business days", ""]
)
def test_what_is_no_length_is_refused(length: str) -> None:
    with pytest.raises(ValueError, match="write it like 14 business days"):
        count(event(2026, 11, 23, 9), length, "US", PACIFIC)


@pytest.mark.parametrize("country", ["USA", "XNYS"])
def test_what_was_kept_under_a_name_of_the_package_is_still_counted_by_it(country: str) -> None:
    with pytest.raises(UnknownCalendar, match="two letters"):
        named_calendar(country)
    due = count(event(2026, 11, 25, 9), "1 business day", country, PACIFIC)
    assert (due.due_on, country_of(due.calendar or "")) == (date(2026, 11, 27), country)


@pytest.mark.parametrize("country", ["XX", "US-ZZ", "us", "", "PUBLIC", "SUN"])
def test_an_unknown_calendar_is_refused_before_anything_is_counted(country: str) -> None:
    with pytest.raises(UnknownCalendar, match="such as US"):
        Calendar(country)


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        count(event(2026, 11, 23, 9), "1 business day", "US", "America/Nowhere")
