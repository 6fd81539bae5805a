"""The day it is depends on where."""

from datetime import UTC, date, datetime

from portal.clock import FixedClock


def test_a_day_begins_in_its_time_zone() -> None:
    clock = FixedClock(datetime(2026, 12, 1, 7, 59, tzinfo=UTC))
    assert clock.today("America/Los_Angeles") == date(2026, 11, 30)
    assert clock.today("UTC") == date(2026, 12, 1)
