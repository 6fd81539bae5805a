"""Lots: of many decisions about the share is drawn, and always the same ones."""

from hypothesis import given
from hypothesis import strategies as st

from portal.second_reviews.lots import LOTS, is_drawn, lot_of

SECRETS = st.binary(min_size=32, max_size=64)
MANY = 2000


def drawn(secret: bytes, percent: int) -> set[int]:
    return {number for number in range(1, MANY + 1) if is_drawn(lot_of(secret, number), percent)}


@given(secret=SECRETS, percent=st.integers(0, 100))
def test_about_the_share_is_drawn_and_the_same_when_drawn_again(secret: bytes, percent: int) -> None:
    found = drawn(secret, percent)
    # Five standard deviations of as many independent lots.
    tolerance = 5 * (MANY * percent / 100 * (1 - percent / 100)) ** 0.5
    assert abs(len(found) - MANY * percent / 100) <= tolerance
    assert drawn(secret, percent) == found


@given(secret=SECRETS, number=st.integers(1, 10**9))
def test_none_of_all_or_all_of_them(secret: bytes, number: int) -> None:
    lot = lot_of(secret, number)
    assert 0 <= lot < LOTS
    assert not is_drawn(lot, 0)
    assert is_drawn(lot, 100)


@given(one=SECRETS, other=SECRETS)
def test_another_secret_draws_others(one: bytes, other: bytes) -> None:
    assert (drawn(one, 50) == drawn(other, 50)) == (one == other)


@given(secret=SECRETS, less=st.integers(0, 100), more=st.integers(0, 100))
def test_a_larger_share_draws_the_same_and_further_ones(secret: bytes, less: int, more: int) -> None:
    less, more = sorted((less, more))
    assert drawn(secret, less) <= drawn(secret, more)
