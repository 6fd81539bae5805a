"""Guessing is slowed down, and the right person still gets in."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.entrance import TooManyTries, sign_in
from portal.accounts.model import SignInAttempt
from portal.accounts.throttling import ACCOUNT_FACTOR, NETWORK_FACTOR, counter_of
from portal.clock import FixedClock
from portal.settings import Settings
from tests.bare_app import at_once
from tests.factories import PASSWORD, House
from tests.portal.accounts.conftest import Door

GLORIA, BEN = "global@contoso.example", "billing@contoso.example"
SECRET = b"a secret for tests"
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_guessing_is_closed_after_the_limit_even_for_the_right_password(
    door: Door, house: House, settings: Settings
) -> None:
    limit = settings.sign_in_failures_at_most
    assert door.guess(limit + 2, GLORIA) == ["wrong"] * limit + ["closed"] * 2
    assert door.enter(GLORIA) == "closed"


@ONE_DATABASE
def test_an_account_that_is_not_there_is_answered_and_closed_alike(
    door: Door, house: House, settings: Settings
) -> None:
    times = settings.sign_in_failures_at_most + 1
    assert door.guess(times, "nobody@contoso.example") == door.guess(times, GLORIA)


@ONE_DATABASE
def test_the_right_person_gets_in_from_another_network_and_others_from_the_same(
    door: Door, house: House, settings: Settings
) -> None:
    door.guess(settings.sign_in_failures_at_most + 1, GLORIA)
    assert door.enter(GLORIA, network="198.51.100.9") == "in"
    assert door.enter(BEN) == "in"


@ONE_DATABASE
def test_a_browser_used_before_has_a_counter_of_its_own(door: Door, house: House, settings: Settings) -> None:
    limit = settings.sign_in_failures_at_most
    door.guess(limit + 1, GLORIA)
    assert door.enter(GLORIA) == "closed"
    assert door.enter(GLORIA, device="known") == "in"
    tries = [door.attempt(GLORIA, f"guess {number}", device="known") for number in range(limit + 1)]
    assert tries == ["wrong"] * limit + ["closed"], "a stolen browser gets no more tries than any other"


@ONE_DATABASE
def test_it_opens_again_at_the_moment_told_and_not_before(
    door: Door, house: House, settings: Settings, clock: FixedClock
) -> None:
    began = clock.now()
    for _ in range(settings.sign_in_failures_at_most):
        door.guess(1, GLORIA)
        clock.set(clock.now() + timedelta(seconds=1))
    with pytest.raises(TooManyTries) as closed:
        sign_in(door.entrance, GLORIA, PASSWORD, network="203.0.113.7", device=None, browser="")
    assert closed.value.until == began + timedelta(minutes=settings.sign_in_window_minutes)
    clock.set(closed.value.until - timedelta(seconds=1))
    assert door.enter(GLORIA) == "closed"
    clock.set(closed.value.until)
    assert door.enter(GLORIA) == "in"


@ONE_DATABASE
def test_tries_refused_do_not_make_the_wait_longer(
    door: Door, house: House, settings: Settings, clock: FixedClock
) -> None:
    door.guess(settings.sign_in_failures_at_most, GLORIA)
    for _ in range(settings.sign_in_window_minutes):
        clock.set(clock.now() + timedelta(minutes=1) - timedelta(milliseconds=1))
        assert door.enter(GLORIA) == "closed"
    clock.set(clock.now() + timedelta(seconds=1))
    assert door.enter(GLORIA) == "in"


@ONE_DATABASE
def test_the_right_password_forgives_the_slips_before_it(
    door: Door, house: House, settings: Settings
) -> None:
    almost = settings.sign_in_failures_at_most - 1
    for _ in range(3):
        assert door.guess(almost, GLORIA) == ["wrong"] * almost
        assert door.enter(GLORIA) == "in"


@ONE_DATABASE
def test_one_network_cannot_try_many_accounts_without_end(
    door: Door, house: House, settings: Settings
) -> None:
    limit = settings.sign_in_failures_at_most * NETWORK_FACTOR
    spread = [door.attempt(f"person{number}@contoso.example", "a guess") for number in range(limit + 1)]
    assert spread == ["wrong"] * limit + ["closed"]
    assert door.enter(GLORIA) == "closed"
    assert door.enter(GLORIA, network="198.51.100.9") == "in"
    assert door.enter(GLORIA, device="known") == "in"


def networks() -> Iterator[str]:
    """Yield addresses of which no two are of one neighborhood."""
    return (f"10.{number // 256}.{number % 256}.1" for number in count())


def attack(door: Door, settings: Settings, places: Iterator[str]) -> None:
    """Guess at Gloria's account from many networks until it is known for an attack."""
    for _ in range(ACCOUNT_FACTOR):
        tries = settings.sign_in_failures_at_most
        assert door.guess(tries, GLORIA, network=next(places)) == ["wrong"] * tries


def test_guesses_from_many_networks_leave_each_one_try(door: Door, house: House, settings: Settings) -> None:
    places = networks()
    attack(door, settings, places)
    for _ in range(3):
        place = next(places)
        assert door.guess(3, GLORIA, network=place) == ["wrong", "closed", "closed"]
        assert door.enter(GLORIA, network=place) == "closed"
    assert door.guess(2, BEN, network=next(places)) == ["wrong", "wrong"], "others are not concerned"


@ONE_DATABASE
def test_an_attack_on_an_account_keeps_the_right_person_out_of_no_browser(
    door: Door, house: House, settings: Settings
) -> None:
    places = networks()
    attack(door, settings, places)
    slips = settings.sign_in_failures_at_most - 1
    tries = [door.attempt(GLORIA, "a slip", network=next(places), device="known") for _ in range(slips)]
    assert tries == ["wrong"] * slips
    assert door.enter(GLORIA, network=next(places), device="known") == "in"
    assert door.enter(GLORIA, network=next(places)) == "in"


@ONE_DATABASE
def test_whoever_slipped_during_an_attack_waits_no_longer_than_the_window_however_long_it_goes_on(
    door: Door, house: House, settings: Settings, clock: FixedClock
) -> None:
    places, window = networks(), timedelta(minutes=settings.sign_in_window_minutes)
    attack(door, settings, places)
    clock.set(clock.now() + window / 2)
    attack_goes_on = [next(places) for _ in range(settings.sign_in_failures_at_most * ACCOUNT_FACTOR)]
    hers = next(places)
    began = clock.now()
    assert door.attempt(GLORIA, "a slip", network=hers) == "wrong"
    for place in attack_goes_on:
        door.guess(1, GLORIA, network=place)
    with pytest.raises(TooManyTries) as closed:
        sign_in(door.entrance, GLORIA, PASSWORD, network=hers, device=None, browser="")
    assert closed.value.until == began + window
    clock.set(closed.value.until)
    assert door.enter(GLORIA, network=hers) == "in"


@ONE_DATABASE
def test_under_attack_the_networks_of_one_neighborhood_are_one(
    door: Door, house: House, settings: Settings
) -> None:
    attack(door, settings, networks())
    for neighborhood in (
        [f"198.51.100.{number}" for number in range(3)],
        [f"2001:db8:1:{number}::1" for number in range(3)],
    ):
        tries = [door.attempt(GLORIA, "a guess", network=network) for network in neighborhood]
        assert tries == ["wrong", "closed", "closed"]


def test_guesses_at_the_same_moment_get_no_more_tries(
    door: Door, house: House, settings: Settings, app: Flask
) -> None:
    results: list[str] = []

    def guess() -> None:
        with app.app_context():
            results.append(door.attempt(GLORIA, "a guess"))

    at_once([guess] * (settings.sign_in_failures_at_most + 6))
    assert results.count("wrong") <= settings.sign_in_failures_at_most
    assert results.count("closed") >= 6


@ONE_DATABASE
def test_old_tries_are_dropped_and_none_holds_an_address_or_an_email(
    door: Door, house: House, settings: Settings, clock: FixedClock, session: Session
) -> None:
    door.guess(3, GLORIA)
    session.rollback()
    rows = session.scalars(select(SignInAttempt)).all()
    assert len(rows) == 6, "each try by its network, and once more by its neighborhood"
    for row in rows:
        assert len(bytes.fromhex(row.account_hash)) == len(bytes.fromhex(row.network_hash)) == 32
    clock.set(clock.now() + timedelta(minutes=settings.sign_in_window_minutes))
    door.guess(1, BEN)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),  # one household
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.7", "203.0.113.8", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),  # the same address, written for IPv6
        ("", "203.0.113.7", False),
    ],
)
def test_a_network_is_an_ipv4_address_or_an_ipv6_household(one: str, other: str, same: bool) -> None:
    first, second = (counter_of(SECRET, GLORIA, network, None) for network in (one, other))
    assert (first.network_hash == second.network_hash) is same


def test_hashes_depend_on_the_installations_secret() -> None:
    assert counter_of(SECRET, GLORIA, "", None) != counter_of(b"another", GLORIA, "", None)
