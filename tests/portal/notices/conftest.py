"""A house whose people have read everything so far, and browsers of those who are told what happens next."""

import pytest

from tests.browser import Browser
from tests.portal.reviews.filing import Filing


@pytest.fixture
def billing(filing: Filing) -> Browser:
    """Somebody of Contoso, whose colleague files the claims."""
    return filing.browser("billing@contoso.example")


@pytest.fixture
def reviewer(filing: Filing) -> Browser:
    return filing.browser()
