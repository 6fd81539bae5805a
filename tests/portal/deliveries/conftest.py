"""A house whose mail server does not answer, so that every message waits until a test sends it."""

import pytest

from portal.settings import Settings
from tests.browser import Browser
from tests.portal.notifications.post_office import free_port
from tests.portal.reviews.filing import Filing

ADMIN = "admin@operator.example"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    changed = {
        "mail_url": f"smtp://127.0.0.1:{free_port()}",
        "base_url": "https://claims.example",
        "messages_per_page": 2,
    }
    return settings.model_copy(update=changed)


@pytest.fixture
def admin(filing: Filing) -> Browser:
    return filing.browser(ADMIN)
