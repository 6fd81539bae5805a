"""The sample house behind a server of its own, and windows in which its people are signed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from portal.app import create_app
from portal.db import db
from tests.e2e.sample_house import Found, add_failing_routes, sample_at
from tests.e2e.steps import sent
from tests.serving import served


@contextmanager
def served_sample(shared: Path, own: Path) -> Iterator[tuple[Found, str]]:
    """Serve a copy in `own` of the house in `shared`; yields what finds its pages, and its address."""
    app = create_app(sample_at(shared, own))
    add_failing_routes(app)
    with served(app) as address:
        yield Found(app), address
    with app.app_context():
        db.engine.dispose()


class Windows:
    """Opens windows for people, each of whom signs in once; nobody ("") is a stranger."""

    def __init__(self, chromium: Browser, found: Found, address: str) -> None:
        self._chromium, self._found, self._address = chromium, found, address
        self._cookies: dict[str, Any] = {}

    def of(self, who: str) -> BrowserContext:
        """Return a context of `who`, which the caller closes."""
        if who and who not in self._cookies:
            context = self._chromium.new_context(base_url=self._address)
            page = context.new_page()
            page.goto("/sign-in")
            sent("sign-in", email=who, password=self._found.password)(page)
            self._cookies[who] = context.storage_state()
            context.close()
        return self._chromium.new_context(
            base_url=self._address, storage_state=self._cookies.get(who), reduced_motion="reduce"
        )
