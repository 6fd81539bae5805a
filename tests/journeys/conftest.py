"""The house that every journey begins with: two partners, the operator, and a customer both know."""

import pytest
from flask import Flask

from portal.clock import FixedClock
from tests import factories
from tests.journeys.scene import Scene


@pytest.fixture
def scene(app: Flask, clock: FixedClock, house: factories.House) -> Scene:
    """Contoso and Fabrikam both know Adatum, in one tenant. It is Mon 23 Nov 2026, 9 in the morning."""
    return Scene(app, clock)
