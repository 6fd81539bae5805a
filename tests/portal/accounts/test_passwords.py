"""Passwords: kept as argon2id only, and refused alike for accounts that are and are not there."""

import subprocess
import sys

import pytest
from argon2 import PasswordHasher

from portal.accounts.passwords import CHARACTERS_AT_MOST, hash_password, needs_new_hash, password_fits

PASSWORD = "correct horse battery staple"


def test_a_hash_is_argon2id_salted_and_fits_only_its_password() -> None:
    first, second = hash_password(PASSWORD), hash_password(PASSWORD)
    assert first.startswith("$argon2id$")
    assert first != second
    assert PASSWORD not in first
    assert password_fits(first, PASSWORD)
    assert not password_fits(first, PASSWORD + " ")
    assert not password_fits(first, "")


def test_an_absent_account_fits_nothing_but_costs_a_verification(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    real = PasswordHasher.verify

    def verify(self: PasswordHasher, given: str, password: str) -> bool:
        verified.append(given)
        return bool(real(self, given, password))

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    assert not password_fits(None, PASSWORD)
    assert not password_fits(hash_password("another password"), PASSWORD)
    # The decoy has the parameters of a real hash, so both cost the same.
    assert [one.rsplit("$", 2)[0] for one in verified] == [verified[0].rsplit("$", 2)[0]] * 2


def test_a_letter_typed_in_two_ways_is_one_letter() -> None:
    assert password_fits(hash_password("Zu\u0308rich passwords"), "Z\u00fcrich passwords")


def test_nothing_after_the_cut_is_ignored_within_the_length_people_may_choose() -> None:
    longest = "x" * CHARACTERS_AT_MOST
    assert not password_fits(hash_password(longest), longest + "y")


def test_a_weaker_hash_is_to_be_made_anew() -> None:
    assert needs_new_hash(PasswordHasher(time_cost=1, memory_cost=512).hash(PASSWORD))
    assert not needs_new_hash(hash_password(PASSWORD))


def test_outside_the_tests_a_hash_costs_what_the_standard_asks_for() -> None:
    asked = "from portal.accounts.passwords import hash_password; print(hash_password('a password'))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    # RFC 9106, the choice for little memory: 64 MiB, three passes, four lanes.
    assert done.stdout.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_what_is_no_hash_fits_nothing() -> None:
    assert not password_fits("disabled", "disabled")
