"""The database alone: these parts need no routes and no policy."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.bare_app import bare_app


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    with bare_app(database_url) as app:
        yield app
