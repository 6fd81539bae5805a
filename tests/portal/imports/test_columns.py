"""How cells are read: what each takes, the same however it is typed, and why others are refused."""

import pytest

from portal.imports.columns import (
    LARGEST_AMOUNT,
    BadCell,
    Read,
    amount,
    currency,
    day,
    minor_units,
    month,
    one_of,
    plain_amount,
    small,
    text,
)
from portal.imports.sheets import ROWS_AT_MOST
from portal.rulebook.rulebook import Rulebook

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
choice = one_of(lambda _rulebook: {"usage_growth": "Usage growth"})


@SQLITE
@pytest.mark.parametrize(
    ("read", "typed", "meant"),
    [
        (text, "L-1", "L-1"),
        (small, "AbC-1", "abc-1"),
        (text, "8E12", "8E12"),
        (day, "2026-11-30", "2026-11-30"),
        (month, "2026-11", "2026-11"),
        (month, "2026-11-01", "2026-11"),
        (currency, "eur", "EUR"),
        (amount, "1234.50", "1234.5"),
        (amount, "+1234.5", "1234.5"),
        (amount, "100", "100"),
        (amount, "−5.00", "-5"),
        (amount, "-0.00", "0"),
        (choice, "USAGE GROWTH", "usage_growth"),
        (choice, "usage_growth", "usage_growth"),
    ],
)
def test_what_is_meant_is_read_however_it_is_typed(
    rulebook: Rulebook, read: Read, typed: str, meant: str
) -> None:
    assert read(typed, rulebook) == meant


@SQLITE
@pytest.mark.parametrize(
    ("read", "typed", "told"),
    [
        (text, "x" * 201, "longer than 200"),
        (text, "a\nb", "cannot be seen"),
        (text, "a\u202eb", "cannot be seen"),
        (small, "a\tb", "cannot be seen"),
        (text, "1.23457E+16", "cut short"),
        (small, "8E+12", "cut short"),
        (text, "1,23457E+16", "cut short"),
        (day, "30.11.2026", "2026-11-30"),
        (day, "2026-02-30", "no day"),
        (month, "2026-13", "no month"),
        (month, "2026-11-15", "no month"),
        (currency, "EURO", "three letters"),
        (currency, "EUO", "three letters"),
        (amount, "1.234,50", "without separators"),
        (amount, "1e5", "no amount"),
        (amount, "nan", "no amount"),
        (amount, "1_000", "no amount"),
        (amount, "１２", "no amount"),
        (amount, "1.000000000000000000000000001", "more digits"),
        (choice, "growth", "Usage growth"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_write(
    rulebook: Rulebook, read: Read, typed: str, told: str
) -> None:
    with pytest.raises(BadCell, match=told.replace(".", r"\.")):
        read(typed, rulebook)


@pytest.mark.parametrize(
    ("number", "code", "minor"),
    [
        ("1234.5", "EUR", 123450),
        ("-0.01", "USD", -1),
        ("12", "JPY", 12),
        ("1.234", "KWD", 1234),
        ("1.234", "LYD", 1234),
        ("1.234", "IQD", 1234),
        ("12", "XOF", 12),
        ("12", "PYG", 12),
        ("1.2345", "CLF", 12345),
    ],
)
def test_money_is_a_whole_number_of_the_smallest_unit(number: str, code: str, minor: int) -> None:
    assert minor_units(number, code) == minor


@pytest.mark.parametrize(
    ("minor", "code", "written"),
    [
        (123450, "EUR", "1234.50"),
        (-5, "USD", "-0.05"),
        (0, "EUR", "0.00"),
        (98, "JPY", "98"),
        (1, "KWD", "0.001"),
    ],
)
def test_an_amount_is_written_as_programs_read_it(minor: int, code: str, written: str) -> None:
    assert plain_amount(minor, code) == written
    assert minor_units(written, code) == minor


def test_the_largest_amount_is_taken_and_the_next_one_is_not() -> None:
    for sign in (1, -1):
        assert minor_units(str(sign * LARGEST_AMOUNT), "JPY") == sign * LARGEST_AMOUNT
        with pytest.raises(BadCell, match="larger"):
            minor_units(str(sign * (LARGEST_AMOUNT + 1)), "JPY")


def test_a_whole_file_of_the_largest_amounts_can_be_added_up() -> None:
    assert ROWS_AT_MOST * LARGEST_AMOUNT < 2**63


@pytest.mark.parametrize(
    ("number", "code", "told"),
    [
        ("0.005", "EUR", "has 2 digits"),
        ("1.5", "JPY", "has 0 digits"),
        ("1.5", "XAF", "has 0 digits"),
        (str(LARGEST_AMOUNT), "EUR", "larger"),
    ],
)
def test_no_part_of_a_smallest_unit_is_rounded_away(number: str, code: str, told: str) -> None:
    with pytest.raises(BadCell, match=told):
        minor_units(number, code)
