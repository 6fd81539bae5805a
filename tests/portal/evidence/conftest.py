"""The database alone: these parts need no routes and no policy."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.bare_app import bare_app
from tests.kept import kept_reading


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    with bare_app(database_url) as app:
        yield app


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """What is tested here is the reading itself, so that no earlier one may stand in for it."""
    kept_reading.cache_clear()
