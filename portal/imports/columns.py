"""The columns of importable sheets: what each may hold, and how a cell is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from portal.languages.numbers import DIGITS
from portal.languages.sentences import gettext
from portal.rulebook.rulebook import Rulebook

# Beyond it a whole number is not exact in every program that reads our files (2 to the power of 53).
LARGEST_AMOUNT = 9_007_199_254_740_992
CHARACTERS_AT_MOST = 200


class BadCell(ValueError):
    """A cell that cannot be taken; the message says why and what to write."""


Read = Callable[[str, Rulebook], object]


@dataclass(frozen=True)
class Column:
    """One column. `means` and `example` are for the template and the documentation; `read` raises BadCell."""

    name: str
    means: str
    example: str
    read: Read
    required: bool = True


def text(value: str, _rulebook: Rulebook) -> str:
    """Return a text of at most CHARACTERS_AT_MOST characters."""
    if len(value) > CHARACTERS_AT_MOST:
        raise BadCell(gettext("It is longer than %(count)s characters.", count=CHARACTERS_AT_MOST))
    return value


def small(value: str, rulebook: Rulebook) -> str:
    """Return an ID in small letters: IDs of tenants and subscriptions are the same however they are typed."""
    return text(value, rulebook).casefold()


def day(value: str, _rulebook: Rulebook) -> str:
    """Return an ISO date (2026-11-30)."""
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise BadCell(gettext("It is no day. Write it as 2026-11-30.")) from None


def month(value: str, _rulebook: Rulebook) -> str:
    """Return an ISO month (2026-11)."""
    try:
        return date.fromisoformat(f"{value}-01").isoformat()[:7]
    except ValueError:
        raise BadCell(gettext("It is no month. Write it as 2026-11.")) from None


def currency(value: str, _rulebook: Rulebook) -> str:
    """Return the code of a currency (ISO 4217) in capital letters."""
    code = value.upper()
    if len(code) != 3 or not (code.isascii() and code.isalpha()):
        raise BadCell(gettext("It is no currency. Write its code of three letters, such as EUR or USD."))
    return code


def amount(value: str, _rulebook: Rulebook) -> str:
    """Return a decimal number as it was written; `minor_units` makes money of it with its currency."""
    try:
        number = Decimal(value.replace("−", "-"))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not set(value) <= set("0123456789.-−+"):
        raise BadCell(
            gettext("It is no amount. Write it with a point and without separators of thousands, as 1234.50.")
        )
    return str(number)


def minor_units(number: str, code: str) -> int:
    """Return an amount in the smallest unit of the currency `code`. Raises BadCell for parts of one."""
    digits = DIGITS.get(code, 2)
    minor = Decimal(number).scaleb(digits)
    if minor != minor.to_integral_value():
        raise BadCell(
            gettext(
                "%(currency)s has %(digits)s digits behind the point, and the amount has more.",
                currency=code,
                digits=digits,
            )
        )
    if abs(minor) > LARGEST_AMOUNT:
        raise BadCell(gettext("The amount is larger than any that can be kept exactly."))
    return int(minor)


def one_of(choices: Callable[[Rulebook], Mapping[str, str]]) -> Read:
    """Return a reader that takes a code or its label, and returns the code."""

    def read(value: str, rulebook: Rulebook) -> str:
        known = choices(rulebook)
        wanted = value.casefold()
        for code, label in known.items():
            if wanted in (code.casefold(), label.casefold()):
                return code
        raise BadCell(gettext("It is none of these: %(codes)s.", codes=", ".join(known)))

    return read
