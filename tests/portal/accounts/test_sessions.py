"""Sessions end by sign-out, by time and by being revoked, each at the next request."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.model import Person, SignedInSession
from portal.accounts.sessions import end_sessions_of
from portal.clock import FixedClock
from portal.db import db, transaction
from portal.settings import Settings
from tests.browser import Browser
from tests.factories import PASSWORD, House
from tests.portal.accounts.conftest import cookies_of

GLORIA = "global@contoso.example"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def signed_in(browser: Browser, house: House) -> Browser:
    browser.sign_in(GLORIA, PASSWORD)
    return browser


def is_in(browser: Browser) -> bool:
    return not browser.visit("/policy").path.startswith("/sign-in")


def gloria(session: Session) -> Person:
    return session.scalars(select(Person).where(Person.email == GLORIA)).one()


def change(app: Flask, work: Callable[[Session], object]) -> None:
    with app.app_context(), transaction() as session:
        work(session)


def test_it_lasts_while_it_is_used_and_ends_when_idle(
    signed_in: Browser, clock: FixedClock, settings: Settings
) -> None:
    idle = timedelta(minutes=settings.session_idle_minutes)
    for _ in range(3):
        clock.set(clock.now() + idle - timedelta(minutes=1))
        assert is_in(signed_in)
    clock.set(clock.now() + idle)
    assert not is_in(signed_in)


@pytest.mark.broad
def test_it_ends_for_good_however_much_it_is_used(
    signed_in: Browser, clock: FixedClock, settings: Settings
) -> None:
    end = clock.now() + timedelta(days=settings.session_days_at_most)
    while clock.now() + timedelta(hours=11) < end:
        clock.set(clock.now() + timedelta(hours=11))
        assert is_in(signed_in)
    clock.set(end)
    assert not is_in(signed_in)


def test_revoking_all_of_a_person_counts_at_the_next_request(
    signed_in: Browser, app: Flask, clock: FixedClock
) -> None:
    other = Browser(app)
    other.sign_in("billing@contoso.example", PASSWORD)
    change(app, lambda session: end_sessions_of(session, gloria(session).id, clock.now()))
    assert not is_in(signed_in)
    assert is_in(other)


def test_deactivating_a_person_counts_at_the_next_request(signed_in: Browser, app: Flask) -> None:
    change(app, lambda session: setattr(gloria(session), "active", False))
    assert not is_in(signed_in)
    page = signed_in.fill_and_submit("Sign in", email=GLORIA, password=PASSWORD, status=422)
    assert "do not match" in page.text


def test_taking_a_role_away_counts_at_the_next_request(signed_in: Browser, app: Flask) -> None:
    def take(session: Session) -> None:
        person = gloria(session)
        person.roles.clear()

    change(app, take)
    signed_in.visit("/policy", status=403)


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(signed_in: Browser, app: Flask) -> None:
    copied = cookies_of(signed_in).get_cookie("portal")
    assert copied is not None
    page = signed_in.fill_and_submit("Sign out")
    assert "You are signed out." in page.text
    thief = Browser(app)
    cookies_of(thief).set_cookie("portal", copied.value)
    assert not is_in(thief)


def test_the_database_holds_no_token_and_the_browser_gets_a_new_one_each_time(
    signed_in: Browser, app: Flask
) -> None:
    with cookies_of(signed_in).session_transaction() as cookie:
        first = cookie["_user_id"]
    signed_in.fill_and_submit("Sign out")
    signed_in.sign_in(GLORIA, PASSWORD)
    with cookies_of(signed_in).session_transaction() as cookie:
        second = cookie["_user_id"]
    assert first != second
    with app.app_context():
        rows = db.session.scalars(select(SignedInSession)).all()
        assert len(rows) == 2
        kept = [value for row in rows for value in vars(row).values() if isinstance(value, str)]
        assert first not in kept
        assert second not in kept


def test_a_session_fixed_before_signing_in_is_worth_nothing_afterwards(
    browser: Browser, app: Flask, house: House
) -> None:
    browser.visit("/sign-in")
    planted = cookies_of(browser).get_cookie("portal")
    assert planted is not None
    with cookies_of(browser).session_transaction() as cookie:
        token_before = cookie["csrf_token"]
    browser.sign_in(GLORIA, PASSWORD)
    with cookies_of(browser).session_transaction() as cookie:
        assert cookie.get("csrf_token") != token_before
    attacker = Browser(app)
    cookies_of(attacker).set_cookie("portal", planted.value)
    assert not is_in(attacker)


def test_signing_in_as_somebody_else_ends_the_earlier_session(signed_in: Browser, app: Flask) -> None:
    copied = cookies_of(signed_in).get_cookie("portal")
    assert copied is not None
    second = Browser(app)
    second.visit("/sign-in")
    cookies_of(second).set_cookie("portal", copied.value)
    filled = second.filled("Sign in", email="billing@contoso.example", password=PASSWORD)
    # The form belongs to another cookie, so its token is refused; the page's own is taken.
    second.send_filled(filled, status=400)
    signed_in.visit("/policy")
    signed_in.post("/sign-in", email="billing@contoso.example", password=PASSWORD)
    assert "Billing of Contoso" in signed_in.page.text
    thief = Browser(app)
    cookies_of(thief).set_cookie("portal", copied.value)
    assert not is_in(thief)


def test_a_forged_cookie_is_nobody(app: Flask, house: House) -> None:
    browser = Browser(app)
    for forged in ("x", "e30.x.y", "eyJfdXNlcl9pZCI6IjEifQ.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb", "é"):
        cookies_of(browser).set_cookie("portal", forged)
        assert not is_in(browser)
