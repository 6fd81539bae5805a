"""A house with people and customers, whose claims the tests bring wherever they need them."""

import pytest
from flask import Flask

from portal.clock import FixedClock
from tests.portal.reviews.filing import Filing


@pytest.fixture
def filing(app: Flask, clock: FixedClock) -> Filing:
    return Filing(app, clock)
