"""How days and moments are written in each language, in a time zone that is always said."""

import re
from datetime import date, datetime, tzinfo
from functools import lru_cache

from babel.dates import format_date, format_skeleton, format_time, get_timezone_gmt, get_timezone_location

from portal.languages.catalogs import catalog
from portal.languages.offered import ENGLISH

FRENCH = "fr"


def moment_in_words(value: datetime, zone: tzinfo, language: str = ENGLISH) -> str:
    """Return an aware moment as "14 December 2026, 11:59 pm EST". Raises ValueError without a zone."""
    if value.tzinfo is None:
        raise ValueError("A moment is shown only with its time zone.")
    local = value.astimezone(zone)
    if language == ENGLISH:
        clock = f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"
        return f"{day_in_words(local)}, {clock} {local:%Z}"
    return (
        catalog(language)
        .gettext("{day}, {time} ({zone})")
        .format(
            day=day_in_words(local, language),
            time=format_time(local, "short", locale=language),
            zone=get_timezone_gmt(local, "long", locale=language),
        )
    )


@lru_cache(maxsize=4096)
def zone_in_words(zone: str, language: str = ENGLISH) -> str:
    """Return a zone, such as "America/Los_Angeles", as the city that it is called after: "Los Angeles"."""
    return get_timezone_location(zone, locale=language, return_city=True)


def day_in_words(value: date, language: str = ENGLISH) -> str:
    """Return a day as "14 December 2026", "14. Dezember 2026" or "2026年12月14日"."""
    if language == ENGLISH:  # the order of the day, which Babel's American English turns round
        return f"{value.day} {value:%B %Y}"
    return _first_of_month(value, format_date(value, "long", locale=language), language)


def weekday_and_day(value: date, language: str = ENGLISH) -> str:
    """Return a day as "Sunday 29 November 2026", with its weekday."""
    if language == ENGLISH:
        return f"{value:%A} {value.day} {value:%B %Y}"
    return _first_of_month(value, format_date(value, "full", locale=language), language)


def month_in_words(month: str, language: str = ENGLISH) -> str:
    """Return an ISO month, such as "2026-11", as "November 2026", "novembre 2026" or "2026年11月"."""
    return format_skeleton("yMMMM", date.fromisoformat(f"{month}-01"), locale=language)


def _first_of_month(value: date, written: str, language: str) -> str:
    """Return a day as it is `written`, in French the first of a month as "1er", which Babel does not know."""
    if value.day == 1 and language == FRENCH:
        return re.sub(r"\b1\b", "1er", written, count=1)
    return written
