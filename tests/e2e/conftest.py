"""A real browser in front of a real server, with a real mail server behind it."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from portal.app import create_app
from portal.claims.desk import Desk
from portal.db import db, transaction
from portal.sample.house import build_house
from portal.settings import read_settings
from portal.work.outbox import deliver
from tests.e2e.keyboard import ZOOMED, Keyboard
from tests.factories import PASSWORD as PASSWORD_OF_FILING
from tests.portal.reviews.filing import Filing
from tests.serving import served

PASSWORD = "a password for tests"
INCENTIVES = "incentives@contoso.example"
Window = Callable[..., Page]
Hands = Callable[..., Keyboard]
# What Chromium and htmx say on the console of an answer with an error, which the page itself tells of.
OF_ANSWERS = ("Failed to load resource: the server responded with a status of", "Response Status Error Code")


@dataclass
class Inbox:
    """What the mail server took, newest last."""

    messages: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"

    def latest_to(self, address: str) -> EmailMessage:
        """Return the newest message to `address`; raises AssertionError where there is none."""
        found = [message for message in self.messages if message["To"] == address]
        assert found, f"nothing was sent to {address}; there is mail to {[m['To'] for m in self.messages]}"
        return found[-1]

    def latest_text_to(self, address: str) -> str:
        """Return the plain text of the newest message to `address`."""
        body = self.latest_to(address).get_body(("plain",))
        assert body is not None
        text: str = body.get_content()
        return text


@dataclass
class House:
    """The running portal: its address, its mail, and a turn of its background work."""

    address: str
    inbox: Inbox
    app: Flask

    def send_mail(self) -> None:
        with self.app.app_context():
            deliver(self.app.extensions["desk"])
            db.session.remove()


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    box = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture
def house(tmp_path: Path, database_url: str, rules_dir: Path, inbox: tuple[Inbox, int]) -> Iterator[House]:
    box, port = inbox
    settings = read_settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        rules_dir=rules_dir,
        secret_key="a key for tests that is long enough to be taken",
        mail_url=f"smtp://127.0.0.1:{port}",
        development=True,
    )
    app = create_app(settings)
    desk: Desk = app.extensions["desk"]
    with app.app_context():
        desk.policies.in_force()
        with transaction() as session:
            build_house(session, PASSWORD, desk.clock.now())
        db.session.remove()
    with served(app) as address:
        # The mails' links lead to the server, whose port is known only now.
        object.__setattr__(desk.settings, "base_url", address)
        yield House(address, box, app)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(
    params=[
        pytest.param(True, id="with JavaScript"),
        pytest.param(False, id="without JavaScript", marks=pytest.mark.pages),
    ]
)
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def open_page(chromium: Browser, house: House, scripts: bool) -> Iterator[Any]:
    """Return a function that gives somebody a browser window of their own.

    Afterwards no window may have seen a violation of the content security policy or an error.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def opened() -> Page:
        context = chromium.new_context(base_url=house.address, java_script_enabled=scripts)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        page.set_default_timeout(15_000)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


def watched(page: Page, errors: list[str]) -> Page:
    """Let the errors that the page tells of be added to `errors`, but not those of answers."""

    def said(told: ConsoleMessage) -> None:
        if told.type == "error" and not told.text.startswith(OF_ANSWERS):
            errors.append(told.text)

    page.on("console", said)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return page


@pytest.fixture
def window(chromium: Browser, filing: Filing) -> Iterator[Window]:
    """Return what opens a window in which an account is signed in: of some width, with scripts or without.

    Afterwards none of them may have seen an error.
    """
    contexts, errors = list[BrowserContext](), list[str]()

    def opened(email: str = INCENTIVES, width: int = 1280, *, at: str = "", scripts: bool = True) -> Page:
        contexts.append(
            chromium.new_context(
                base_url=address,
                viewport={"width": width, "height": 800},
                java_script_enabled=scripts,
            )
        )
        page = watched(contexts[-1].new_page(), errors)
        page.goto("/sign-in")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD_OF_FILING)
        with page.expect_navigation():
            page.get_by_role("button", name="Sign in").click()
        if at:
            page.goto(at)
        return page

    with served(filing.app) as address:
        yield opened
        for context in contexts:
            context.close()
    assert errors == []


@pytest.fixture
def hands(chromium: Browser, filing: Filing, scripts: bool) -> Iterator[Hands]:
    """Return what seats an account, or nobody, before a keyboard alone and a window at 200 % zoom.

    Afterwards none of the windows may have seen an error.
    """
    contexts, errors = list[BrowserContext](), list[str]()

    def seated(email: str, at: str) -> Keyboard:
        context = chromium.new_context(
            base_url=address, viewport=ZOOMED, java_script_enabled=scripts, accept_downloads=True
        )
        contexts.append(context)
        if email:
            name, _, value = filing.browser(email).cookie_header().partition("=")
            context.add_cookies([{"name": name, "value": value, "url": address}])
        page = watched(context.new_page(), errors)
        page.on("dialog", lambda dialog: dialog.accept())
        page.set_default_timeout(15_000)
        page.goto(at)
        return Keyboard(page)

    with served(filing.app) as address:
        yield seated
        for context in contexts:
            context.close()
    assert errors == []
