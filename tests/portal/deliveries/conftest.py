"""A house whose mail server does not answer, so that every message waits until a test sends it."""

from pathlib import Path

import pytest
from flask import Flask

from portal.clock import FixedClock
from portal.settings import Settings, read_settings
from tests.browser import Browser
from tests.portal.notifications.post_office import free_port
from tests.portal.reviews.filing import Filing

ADMIN = "admin@operator.example"


@pytest.fixture
def settings(tmp_path: Path, database_url: str, rules_dir: Path) -> Settings:
    return read_settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        rules_dir=rules_dir,
        secret_key="a key for tests that is long enough to be taken",
        mail_url=f"smtp://127.0.0.1:{free_port()}",
        base_url="https://claims.example",
        development=True,
        messages_per_page=2,
    )


@pytest.fixture
def filing(app: Flask, clock: FixedClock) -> Filing:
    return Filing(app, clock)


@pytest.fixture
def admin(filing: Filing) -> Browser:
    return filing.browser(ADMIN)
