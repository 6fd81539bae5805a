"""Signing in and out: the password is checked, tries are counted, and a browser gets its session."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.controls import has_controls
from portal.accounts.model import Person
from portal.accounts.passwords import hash_password, needs_new_hash, password_fits
from portal.accounts.sessions import begin_session, end_session
from portal.accounts.throttling import (
    Counter,
    closed_until,
    count_try,
    counter_of,
    forget_tries,
    forget_try,
)
from portal.clock import Clock
from portal.db import transaction
from portal.rulebook.models import Role
from portal.settings import Settings


@dataclass(frozen=True)
class Entrance:
    """What signing in needs of the installation, built once in `app.py`."""

    clock: Clock
    settings: Settings
    secret: bytes = field(repr=False)
    roles: Callable[[], Mapping[str, Role]] = dict  # of the policy in force
    # Called after a commit that left a mail; where mail is kept as files, it is handed over at once.
    committed: Callable[[], None] = lambda: None

    def role_labels(self) -> dict[str, str]:
        """Return the label of each role."""
        return {code: role.label for code, role in self.roles().items()}

    def minutes_until(self, moment: datetime) -> int:
        """Return the whole minutes until `moment` (aware), rounded up."""
        return ceil((moment - self.clock.now()) / timedelta(minutes=1))


class WrongCredentials(Exception):
    """No active account has this e-mail address and password; which of them is wrong is not told."""


class TooManyTries(Exception):
    """The password was not looked at; the next try is taken at `until`."""

    def __init__(self, until: datetime) -> None:
        # stays English: pages say it in sentences of their own
        super().__init__(f"closed until {until.isoformat()}")
        self.until = until


def sign_in(
    entrance: Entrance, email: str, password: str, *, network: str, device: str | None, browser: str
) -> str:
    """Sign a browser in and return its session's token; opens its own transactions.

    `network` is the browser's IP address; `device` the mark of a browser in which this account
    signed in before, None for any other. Raises WrongCredentials and TooManyTries.
    """
    email = email.strip().casefold()
    if has_controls(email):
        raise WrongCredentials  # no account has such an address, and not every database can look for one
    counter = counter_of(entrance.secret, email, network, device)
    count_a_try(entrance, counter)
    with transaction() as session:
        person = _active_person(session, email)
        person_id, password_hash = (person.id, person.password_hash) if person else (None, None)
    if not password_fits(password_hash, password) or person_id is None or password_hash is None:
        raise WrongCredentials
    with transaction() as session:
        # The password was looked at outside of any transaction; another may have been chosen meanwhile.
        person = _active_person(session, email, lock=True)
        if person is None or person.password_hash != password_hash:
            raise WrongCredentials
        forget_tries(session, counter)
        if needs_new_hash(password_hash):
            person.password_hash = hash_password(password)
        now = entrance.clock.now()
        return begin_session(session, person, browser=browser, now=now, settings=entrance.settings)


def sign_out(entrance: Entrance, token: str) -> None:
    """End the session of `token` for good, whoever else may hold a copy of it."""
    with transaction() as session:
        end_session(session, token, entrance.clock.now())


def count_a_try(entrance: Entrance, counter: Counter) -> None:
    """Count a try before its password is looked at; opens its own transactions. Raises TooManyTries."""
    # Two transactions: tries at the same moment must see each other before either goes on.
    now = entrance.clock.now()
    with transaction() as session:
        attempt_ids = count_try(session, counter, now, entrance.settings)
    with transaction() as session:
        until = closed_until(session, counter, now, entrance.settings)
        if until is not None:
            forget_try(session, attempt_ids)
    if until is not None:
        raise TooManyTries(until)


def _active_person(session: Session, email: str, *, lock: bool = False) -> Person | None:
    query = select(Person).where(Person.email == email, Person.active)
    if lock:
        query = query.with_for_update(of=Person).execution_options(populate_existing=True)
    return session.scalar(query)
