"""How templates write moments and days: in the reader's time zone and the page's language."""

import re
from collections.abc import Callable
from datetime import date, datetime, tzinfo
from typing import Any

from flask import Flask
from markupsafe import Markup, escape

from portal.languages.dates import day_in_words, moment_in_words, month_in_words, zone_in_words
from portal.web.languages import language

Zone = Callable[[], tzinfo]


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
    app.jinja_env.filters["month"] = lambda value: month_in_words(value, language())
    app.jinja_env.filters["zone"] = lambda name: zone_in_words(name, language())
    app.jinja_env.filters["machine"] = machine
    app.jinja_env.filters["problems"] = problems
    app.jinja_env.filters["plain"] = plain
    app.jinja_env.filters["breakable"] = breakable


def machine(value: date) -> str:
    """Return a day or a moment as a `<time>` element wants it in `datetime`."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def problems(form: Any) -> list[tuple[str, str]]:
    """Return (id of the control, sentence) for every error of a WTForms form, in the form's order."""
    return [(field.id, sentence) for field in form for sentence in field.errors]


def plain(quoted: str) -> str:
    """Return a sentence of the program's source without the marks that set words of it bold there."""
    return quoted.replace("**", "")


def breakable(code: str) -> Markup:
    """Return code that a narrow column may break behind a dot or an underscore."""
    return Markup(re.sub(r"(?<=[a-z])([._])(?=[a-z])", r"\1<wbr>", str(escape(code))))  # noqa: S704  # is escaped
