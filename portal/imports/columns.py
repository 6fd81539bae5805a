"""The columns of importable sheets: what each may hold, and how a cell is read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from portal.accounts.controls import is_one_line
from portal.imports.currencies import currencies
from portal.languages.numbers import DIGITS
from portal.languages.sentences import gettext
from portal.rulebook.rulebook import Rulebook

# In the smallest unit of a currency: ten billion EUR. A file that is as long as a spreadsheet, with
# nothing but such amounts, comes to what databases still add up.
LARGEST_AMOUNT = 1_000_000_000_000
DIGITS_AT_MOST = 20
CHARACTERS_AT_MOST = 200
# How a spreadsheet shows a long number, and saves it as CSV: its last digits are lost.
_CUT_SHORT = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{2,3}", re.IGNORECASE)


class BadCell(ValueError):
    """A cell that cannot be taken; the message says why and what to write."""


Read = Callable[[str, Rulebook], object]


@dataclass(frozen=True)
class Column:
    """One column. `means` and `example` are for the template and the documentation; `read` raises BadCell.

    With `any_case` two cells say the same where they differ by capitals alone; each is kept as it was typed.
    """

    name: str
    means: str
    example: str
    read: Read
    required: bool = True
    any_case: bool = False


def text(value: str, _rulebook: Rulebook) -> str:
    """Return a text of at most CHARACTERS_AT_MOST characters."""
    if len(value) > CHARACTERS_AT_MOST:
        raise BadCell(gettext("It is longer than %(count)s characters.", count=CHARACTERS_AT_MOST))
    if not is_one_line(value):
        raise BadCell(gettext("It holds characters that cannot be seen, such as a line break. Type it anew."))
    if _CUT_SHORT.fullmatch(value):
        raise BadCell(
            gettext(
                "It is a long number that a spreadsheet has cut short. Format the column as text, and enter "
                "its values anew."
            )
        )
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


def is_to_come(day: str, today: date) -> bool:
    """Tell whether the ISO date has not come yet anywhere, where it is `today` in the program's zone."""
    return date.fromisoformat(day) > today + timedelta(days=1)


def month(value: str, _rulebook: Rulebook) -> str:
    """Return an ISO month (2026-11). Spreadsheets make its first day of it (2026-11-01), also taken."""
    try:
        if len(value) == len("2026-11-01"):
            return date.fromisoformat(value.removesuffix("-01") + "-01").isoformat()[:7]
        return date.fromisoformat(f"{value}-01").isoformat()[:7]
    except ValueError:
        raise BadCell(gettext("It is no month. Write it as 2026-11.")) from None


def currency(value: str, _rulebook: Rulebook) -> str:
    """Return the code of a currency (ISO 4217) in capital letters, also of one that is none any more."""
    code = value.upper()
    if code not in currencies():
        raise BadCell(gettext("It is no currency. Write its code of three letters, such as EUR or USD."))
    return code


def amount(value: str, _rulebook: Rulebook) -> str:
    """Return a decimal number, the same for "1234.5" and "1234.50"; `minor_units` makes money of it."""
    try:
        number = Decimal(value.replace("−", "-"))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not set(value) <= set("0123456789.-−+"):
        raise BadCell(
            gettext("It is no amount. Write it with a point and without separators of thousands, as 1234.50.")
        )
    if len(number.as_tuple().digits) > DIGITS_AT_MOST:  # a decimal of more would be rounded without a word
        raise BadCell(_too_large())
    written = f"{number:f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if written == "-0" else written


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
        raise BadCell(_too_large())
    return int(minor)


def plain_amount(minor: int, code: str) -> str:
    """Return an amount with a point and nothing else, as programs read it: 1234 of EUR is "12.34"."""
    return str(Decimal(minor).scaleb(-DIGITS.get(code, 2)))


def _too_large() -> str:
    return gettext("The amount is larger, or has more digits, than any that can be kept exactly.")


def one_of(choices: Callable[[Rulebook], Mapping[str, str]]) -> Read:
    """Return a reader that takes a code or its label, and returns the code."""

    def read(value: str, rulebook: Rulebook) -> str:
        known = choices(rulebook)
        wanted = value.casefold()
        for code, label in known.items():
            if wanted in (code.casefold(), label.casefold()):
                return code
        raise BadCell(gettext("It is none of these: %(labels)s.", labels=", ".join(known.values())))

    return read
