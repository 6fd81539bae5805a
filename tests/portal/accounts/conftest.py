"""Trying to sign in by the use case, and the cookies of a browser."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.accounts.entrance import Entrance, TooManyTries, WrongCredentials, sign_in
from portal.clock import FixedClock
from portal.db import transaction
from portal.settings import Settings
from tests import factories
from tests.browser import Browser
from tests.factories import PASSWORD
from tests.journeys.mailbox import Mailbox
from tests.portal.accounts.people_pages import Known


@dataclass
class Door:
    """Tries to sign in, and says in a word what came of it."""

    entrance: Entrance

    def attempt(
        self, email: str, password: str, network: str = "203.0.113.7", device: str | None = None
    ) -> str:
        try:
            sign_in(self.entrance, email, password, network=network, device=device, browser="a browser")
        except WrongCredentials:
            return "wrong"
        except TooManyTries:
            return "closed"
        return "in"

    def guess(self, times: int, email: str, network: str = "203.0.113.7") -> list[str]:
        return [self.attempt(email, f"guess number {number}", network) for number in range(times)]

    def enter(self, email: str, network: str = "203.0.113.7", device: str | None = None) -> str:
        return self.attempt(email, PASSWORD, network, device)


def cookies_of(browser: Browser) -> FlaskClient:
    """Return what holds the browser's cookies, to look at and to copy as a thief would."""
    return browser._client  # noqa: SLF001  # a Browser shows cookies to nobody else


@pytest.fixture
def door(app: Flask, settings: Settings, clock: FixedClock, session: Session) -> Door:
    return Door(Entrance(clock, settings, b"a secret for tests"))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings of every test, with few tries: each costs an argon2 hash."""
    return settings.model_copy(update={"sign_in_failures_at_most": 3})


@pytest.fixture
def known(app: Flask, house: factories.House) -> Known:
    with app.app_context(), transaction() as session:
        people = [session.merge(person) for person in house.people.values()]
        places = {name: session.merge(place).id for name, place in house.locations.items()}
        return Known(
            {one.email: one.id for one in people},
            {one.email: factories.actor(one) for one in people},
            session.merge(house.contoso).id,
            session.merge(house.fabrikam).id,
            places["contoso"],
            places["fabrikam"],
        )


@pytest.fixture
def mailbox(tmp_path: Path, app: Flask) -> Mailbox:
    return Mailbox(app.extensions["desk"].settings.mail_dir)
