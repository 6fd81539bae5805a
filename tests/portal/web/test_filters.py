"""Moments, days and counted things in words."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from portal.web.filters import counted, install_filters, machine, money_in_words

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


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (123450, "EUR", "EUR 1,234.50"),
        (5, "USD", "USD 0.05"),
        (0, "USD", "USD 0.00"),
        (-98000, "JPY", "−JPY 98,000"),
        (-1, "KWD", "−KWD 0.001"),
        (10**17, "USD", "USD 1,000,000,000,000,000.00"),
    ],
)
def test_money_is_told_to_its_smallest_unit(minor: int, currency: str, words: str) -> None:
    assert money_in_words(minor, currency) == words


@pytest.mark.parametrize("minor", [1.5, "3", True, None])
def test_money_that_is_no_whole_number_is_a_mistake(minor: object) -> None:
    with pytest.raises(TypeError, match="whole number"):
        money_in_words(minor, "EUR")  # type: ignore[arg-type]  # the mistake itself
