"""Currencies that are legal tender, those that were, and what was never one."""

from datetime import date

import pytest

from portal.imports.currencies import currencies, last_day


@pytest.mark.parametrize("code", ["EUR", "USD", "JPY", "KWD", "CHF", "INR"])
def test_a_currency_of_today_has_no_last_day(code: str) -> None:
    assert last_day(code) is None


@pytest.mark.parametrize(("code", "day"), [("DEM", date(2002, 5, 15)), ("FRF", date(2002, 2, 17))])
def test_one_that_ended_has_the_last_day_anywhere(code: str, day: date) -> None:
    assert last_day(code) == day


@pytest.mark.parametrize("code", ["XAU", "XXX", "XTS", "CHE", "EUO"])
def test_what_nobody_ever_paid_with_is_no_currency(code: str) -> None:
    assert code not in currencies()
