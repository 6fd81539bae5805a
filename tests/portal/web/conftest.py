"""The invented app for the tests of the web floor."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.clock import FixedClock
from tests.portal.web.invented import invented_app


@pytest.fixture
def bakery(clock: FixedClock) -> Flask:
    return invented_app(clock)


@pytest.fixture
def client(bakery: Flask) -> FlaskClient:
    return bakery.test_client()
