"""Moments, days and counted things in words."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from portal.web.filters import counted, days_left, install_filters, machine

SEATTLE = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("day", "words"),
    [(30, "3 days left"), (28, "1 day left"), (27, "due today"), (26, "1 day over"), (25, "2 days over")],
)
def test_a_last_day_is_told_by_how_far_it_is_away(day: int, words: str) -> None:
    assert days_left(date(2026, 11, day), date(2026, 11, 27)) == words


def test_a_day_is_that_of_the_zone() -> None:
    app = Flask("filters")
    install_filters(app, lambda: SEATTLE)
    day = app.jinja_env.filters["day"]
    assert day(datetime(2026, 12, 15, 7, 59, tzinfo=UTC)) == "14 December 2026"
    assert day(date(2026, 12, 15)) == "15 December 2026"


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
