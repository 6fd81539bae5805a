"""Moments and days in words."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import Flask

from portal.web.filters import breakable, install_filters, machine

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


def test_code_breaks_behind_dots_and_underscores_alone() -> None:
    assert breakable("claim.is_disputable") == "claim.<wbr>is_<wbr>disputable"
    assert breakable("a < 1.5 && b") == "a &lt; 1.5 &amp;&amp; b"
