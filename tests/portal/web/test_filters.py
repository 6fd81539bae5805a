"""Moments, days and counted things in words."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from portal.web.filters import counted, install_filters, machine

SEATTLE = ZoneInfo("America/Los_Angeles")


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
