"""How templates write moments, days and counted things: the reader's time zone, the page's language."""

from collections.abc import Callable
from datetime import date, datetime, tzinfo
from typing import Any

from flask import Flask

from portal.languages.dates import day_in_words, moment_in_words
from portal.web.languages import language

Zone = Callable[[], tzinfo]

# Digits behind the point of currencies that have not two of them, by ISO 4217.
DIGITS = {"BHD": 3, "CLP": 0, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "OMR": 3, "TND": 3, "VND": 0}


def install_filters(app: Flask, program: Zone, reader: Zone | None = None) -> None:
    """Add the filters of this module, and `zones_shown`: the reader's time zone and the program's, by name.

    Moments and the days on which they were are told in the reader's; a day alone, such as that on which
    a deadline ends, is the program's for everybody.
    """
    zone = reader or program

    def moment_of(value: datetime) -> str:
        return moment_in_words(value, zone(), language())

    def day_of(value: date) -> str:
        return day_in_words(value.astimezone(zone()) if isinstance(value, datetime) else value, language())

    app.jinja_env.globals["zones_shown"] = lambda: (str(zone()), str(program()))

    app.jinja_env.filters["moment"] = moment_of
    app.jinja_env.filters["day"] = day_of
    app.jinja_env.filters["machine"] = machine
    app.jinja_env.filters["counted"] = counted
    app.jinja_env.filters["problems"] = problems
    app.jinja_env.filters["plain"] = plain
    app.jinja_env.filters["money"] = money_in_words


def money_in_words(minor: int, currency: str) -> str:
    """Return an amount of `currency` (ISO 4217), given in its smallest unit, as "EUR 1,234.50".

    Raises TypeError for anything but a whole number: money is never a float.
    """
    if type(minor) is not int:
        raise TypeError(f"Money is a whole number of the smallest unit, not {minor!r}.")
    digits = DIGITS.get(currency, 2)
    whole, rest = divmod(abs(minor), 10**digits)
    written = f"{whole:,}.{rest:0{digits}d}" if digits else f"{whole:,}"
    return f"{'−' if minor < 0 else ''}{currency} {written}"


def machine(value: date) -> str:
    """Return a day or a moment as a `<time>` element wants it in `datetime`."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: "1 document", "3 documents", "2 people"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def problems(form: Any) -> list[tuple[str, str]]:
    """Return (id of the control, sentence) for every error of a WTForms form, in the form's order."""
    return [(field.id, sentence) for field in form for sentence in field.errors]


def plain(quoted: str) -> str:
    """Return a sentence of the program's source without the marks that set words of it bold there."""
    return quoted.replace("**", "")
