"""A house in which somebody may share views, somebody may not, and a third belongs elsewhere."""

import pytest

from tests.browser import Browser
from tests.portal.reviews.filing import Filing


@pytest.fixture
def ines(filing: Filing) -> Browser:
    """Somebody of Contoso who may share."""
    return filing.browser("incentives@contoso.example")


@pytest.fixture
def billing(filing: Filing) -> Browser:
    """Somebody of Contoso who may not."""
    return filing.browser("billing@contoso.example")


@pytest.fixture
def stranger(filing: Filing) -> Browser:
    """Somebody of another organization who may share there."""
    return filing.browser("incentives@fabrikam.example")
