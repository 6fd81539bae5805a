"""Moments, days and counted things in words."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from portal.web.filters import counted, day_in_words, days_left, install_filters, machine, moment_in_words

SEATTLE = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 12, 15, 7, 59, tzinfo=UTC), "14 December 2026, 11:59 pm PST"),
        (datetime(2026, 7, 4, 19, 5, tzinfo=UTC), "4 July 2026, 12:05 pm PDT"),
        (datetime(2026, 7, 4, 7, 5, tzinfo=UTC), "4 July 2026, 12:05 am PDT"),
        (datetime(2026, 3, 8, 9, 59, tzinfo=UTC), "8 March 2026, 1:59 am PST"),  # the hour before summer time
        (datetime(2026, 3, 8, 10, 0, tzinfo=UTC), "8 March 2026, 3:00 am PDT"),
    ],
)
def test_a_moment_is_told_in_the_programs_zone(moment: datetime, words: str) -> None:
    assert moment_in_words(moment, SEATTLE) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [(30, "3 days left"), (28, "1 day left"), (27, "due today"), (26, "1 day over"), (25, "2 days over")],
)
def test_a_last_day_is_told_by_how_far_it_is_away(day: int, words: str) -> None:
    assert days_left(date(2026, 11, day), date(2026, 11, 27)) == words


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="time zone"):
        moment_in_words(datetime(2026, 1, 1) + timedelta(), SEATTLE)  # noqa: DTZ001  # the mistake itself


def test_a_day_is_that_of_the_zone() -> None:
    app = Flask("filters")
    install_filters(app, lambda: SEATTLE)
    day = app.jinja_env.filters["day"]
    assert day(datetime(2026, 12, 15, 7, 59, tzinfo=UTC)) == "14 December 2026"
    assert day(date(2026, 12, 15)) == "15 December 2026"
    assert day_in_words(date(2026, 1, 2)) == "2 January 2026"


def test_machines_get_what_the_time_element_wants() -> None:
    assert machine(date(2026, 12, 15)) == "2026-12-15"
    assert machine(datetime(2026, 12, 15, 7, 59, 3, 99, tzinfo=UTC)) == "2026-12-15T07:59:03+00:00"


@pytest.mark.parametrize(
    ("number", "words", "text"),
    [
        (0, ("document",), "0 documents"),
        (1, ("document",), "1 document"),
        (2, ("person", "people"), "2 people"),
        (12345, ("claim",), "12,345 claims"),
    ],
)
def test_counted_things_carry_their_number(number: int, words: tuple[str, ...], text: str) -> None:
    assert counted(number, *words) == text
