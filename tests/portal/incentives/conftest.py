"""A house with people and customers, whose claims the tests bring wherever they need them."""

import pytest
from flask import Flask

from portal.clock import FixedClock
from tests.browser import Browser
from tests.portal.reviews.filing import Filing

PARTNER = "incentives@contoso.example"


@pytest.fixture
def filing(app: Flask, clock: FixedClock) -> Filing:
    return Filing(app, clock)


@pytest.fixture
def partner(filing: Filing) -> Browser:
    """A browser in which somebody of Contoso is signed in, on the dashboard."""
    browser = filing.browser(PARTNER)
    browser.visit("/claims")
    return browser
