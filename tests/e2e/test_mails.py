"""Every kind of mail as HTML, as mail programs show it: light and dark, narrow and usual, nothing fetched."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from portal.notifications.rendering import FOLDER, render
from tests.e2e.test_every_page import AXE, violations
from tests.portal.notifications.test_rendering import context

pytestmark = [pytest.mark.browser, pytest.mark.pages]

LONG = "W" * 200
LINK = f"http://localhost/password/{LONG}"
TELLS_CLAIM = context(claim_name=LONG, customer_name=LONG, partner_name=LONG, written=LONG, products=[LONG])
ACCOUNT = {
    **context(),
    "person_name": LONG,
    "organization_name": LONG,
    "by": LONG,
    "email": f"{LONG}@contoso.example",
    "until": "Monday 30 November 2026, 12:00",
    "link": LINK,
}
MESSAGE = [LONG, "Monday 30 November 2026, 12:00", "A reviewer started.", "Wait.", "Review: until then", LONG]
DIGEST = {
    **context(),
    "claims": [
        [f"CL-2026-000001 · {LONG}", "Under review", LINK, [MESSAGE, MESSAGE]],
        ["CL-2026-000002", "Approved", LINK, [MESSAGE]],
    ],
    "choose": "http://localhost/profile/mails",
}
PAYOUT = {
    **ACCOUNT,
    "roles": ["Billing admin", LONG],
    "before": ["", ""],
    "after": [LONG, f"{LONG}@contoso.example"],
    "by": [LONG, f"{LONG}@contoso.example"],
    "when": "Monday 30 November 2026, 12:00",
}
MAILS: dict[str, dict[str, Any]] = {
    "claim_event": TELLS_CLAIM,
    "consent_request": TELLS_CLAIM,
    "digest": DIGEST,
    "forgotten_password": ACCOUNT,
    "invitation": ACCOUNT,
    "payout_contact": PAYOUT,
}


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context() as opened:
        yield opened.new_page()


def test_every_mail_is_looked_at() -> None:
    assert set(MAILS) == {path.stem for path in FOLDER.glob("*.txt")}


@pytest.mark.parametrize("template", MAILS)
def test_a_mail_can_be_read_in_light_and_dark_and_fetches_nothing(page: Page, template: str) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    canvases, faults = set(), []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.set_content(render(template, MAILS[template]).html)
        for width in (390, 800):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (scheme, width)
            faults += violations(Axe().run(page, options=AXE).response)
        canvases.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert faults == []
    assert fetched == []
    assert len(canvases) == 2, "dark is not light"
