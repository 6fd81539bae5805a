"""A house with people and customers, whose claims the tests bring wherever they need them."""

import pytest

from tests.browser import Browser
from tests.portal.reviews.filing import Filing

PARTNER = "incentives@contoso.example"


@pytest.fixture
def partner(filing: Filing) -> Browser:
    """A browser in which somebody of Contoso is signed in, on the dashboard."""
    browser = filing.browser(PARTNER)
    browser.visit("/claims")
    return browser
