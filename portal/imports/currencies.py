"""Which currencies there are or were, and the last day of those that are legal tender nowhere any more."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import cache

from babel import Locale
from babel.numbers import get_territory_currencies

from portal.languages.offered import ENGLISH


def currencies() -> Collection[str]:
    """Return the code (ISO 4217) of every currency that is or ever was legal tender somewhere."""
    return _last_days().keys()


def last_day(code: str) -> date | None:
    """Return the last day on which a currency was legal tender anywhere, None for one that still is."""
    found = _last_days()[code]
    return None if found == date.max else found


@cache
def _last_days() -> Mapping[str, date]:
    found: dict[str, date] = {}
    for territory in Locale(ENGLISH).territories:
        for one in get_territory_currencies(str(territory), date.min, date.max, include_details=True):
            found[one["currency"]] = max(one["to"] or date.max, found.get(one["currency"], date.min))
    return found
