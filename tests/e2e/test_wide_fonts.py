"""Whether words keep to their own column in the widest of the usual fonts."""

import pytest
from flask import Flask

from portal.clock import FixedClock
from tests.e2e.conftest import Window
from tests.portal.reviews.filing import Filing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.pages,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
PARTNER = "incentives@contoso.example"
# Wider than most that a system falls back on.
IN_A_WIDE_FONT = "document.body.style.fontFamily = 'DejaVu Sans, Verdana, monospace'"
RUNS_OVER = """columns => columns.filter(column => {
    const words = document.createRange();
    words.selectNodeContents(column);
    return words.getBoundingClientRect().right > column.getBoundingClientRect().right + 0.5;
}).map(column => column.textContent.trim())"""


@pytest.fixture
def filing(app: Flask, clock: FixedClock) -> Filing:
    return Filing(app, clock)


def test_what_is_left_of_a_deadline_keeps_to_its_column(filing: Filing, window: Window) -> None:
    page = window(PARTNER, at=f"/claims/{filing.submitted()}")
    for width in (320, 800, 1100, 1280, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(IN_A_WIDE_FONT)
        columns = page.locator(".standing-now > div")
        assert columns.count() == 3
        assert columns.evaluate_all(RUNS_OVER) == [], width
