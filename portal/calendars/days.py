"""Business days of a country: working days by the holidays package's public calendar, counted by an index."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.metadata import version

import holidays

# Names of holidays are told to people in the language of the pages, where the package has it.
LANGUAGE = "en_US"
# Another edition may know other holidays, so a due moment is stored with the one it was counted by.
EDITION = version("holidays")
_NAME = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
# What is stored may be an earlier edition's, when the package's own names were taken too.
_LABEL = re.compile(r"([A-Z]{2,4}(?:-[A-Z0-9]{1,3})?) holidays ")


class UnknownCalendar(ValueError):
    """There is no holiday calendar of this name; the message says what one looks like."""


@dataclass(frozen=True)
class Year:
    """One year of a country: its working days as ordinals in order, and its holidays by ordinal."""

    working: tuple[int, ...]
    holidays: dict[int, str]


def country_of(label: str) -> str | None:
    """Return the country that a label of `Calendar` begins with, None for any other text."""
    found = _LABEL.match(label)
    return found[1] if found else None


@dataclass(frozen=True)
class Calendar:
    """Business days of `country`: ISO 3166 code, with a subdivision where wanted ("US", "DE-BY").

    Raises UnknownCalendar when it is made for a country that the holidays package does not know.
    """

    country: str

    def __post_init__(self) -> None:
        _check(self.country)

    @property
    def label(self) -> str:
        """What is stored beside a due moment: "US holidays 0.109"."""
        # stays English: it is stored
        return f"{self.country} holidays {EDITION}"

    def is_business_day(self, day: date) -> bool:
        """Tell whether people work on `day`: neither weekend nor public holiday."""
        working = _year(self.country, day.year).working
        place = bisect_right(working, day.toordinal())
        return place > 0 and working[place - 1] == day.toordinal()

    def nth_business_day(self, after: date, number: int) -> date:
        """Return the `number`th (from 1) business day later than `after`."""
        if number < 1:
            raise ValueError("Days are counted from 1.")
        year = after.year
        place = bisect_right(_year(self.country, year).working, after.toordinal()) + number - 1
        while place >= len(_year(self.country, year).working):
            place -= len(_year(self.country, year).working)
            year += 1
        return date.fromordinal(_year(self.country, year).working[place])

    def nth_business_day_before(self, before: date, number: int) -> date:
        """Return the `number`th (from 1) business day earlier than `before`, counted backwards."""
        if number < 1:
            raise ValueError("Days are counted from 1.")
        year = before.year
        place = bisect_left(_year(self.country, year).working, before.toordinal()) - number
        while place < 0:
            year -= 1
            place += len(_year(self.country, year).working)
        return date.fromordinal(_year(self.country, year).working[place])

    def business_days_between(self, after: date, until: date) -> int:
        """Return how many business days are later than `after` and not later than `until`.

        Negative where `until` is earlier than `after`.
        """
        if until < after:
            return -self.business_days_between(until, after)
        before = bisect_right(_year(self.country, after.year).working, after.toordinal())
        whole = sum(len(_year(self.country, year).working) for year in range(after.year, until.year))
        return whole + bisect_right(_year(self.country, until.year).working, until.toordinal()) - before

    def holidays_between(self, after: date, until: date) -> list[tuple[date, str]]:
        """Return (day, name) of the holidays in the same span that fall on what would be working days."""
        span = range(after.toordinal() + 1, until.toordinal() + 1)
        years = (_year(self.country, year).holidays for year in range(after.year, until.year + 1))
        return [
            (date.fromordinal(ordinal), name)
            for year in years
            for ordinal, name in year.items()
            if ordinal in span
        ]


@lru_cache(maxsize=4096)
def _year(country: str, year: int) -> Year:
    """Compute one year of `country` once; every question about it is then a search in its index."""
    calendar = _source(country, [year])
    days = [date.fromordinal(ordinal) for ordinal in range(date(year, 1, 1).toordinal(), _first_after(year))]
    return Year(
        working=tuple(day.toordinal() for day in days if calendar.is_working_day(day)),
        holidays={
            day.toordinal(): _name(calendar[day])
            for day in days
            if day in calendar and not calendar.is_weekend(day)
        },
    )


def _first_after(year: int) -> int:
    return date(year, 12, 31).toordinal() + 1


def named_calendar(name: str) -> Calendar:
    """Return the calendar of a name that somebody writes: ISO 3166, with a subdivision where wanted.

    Raises UnknownCalendar, also for names that the holidays package takes beside those of countries, such
    as those of stock exchanges. What was kept earlier under such a name is still counted by it.
    """
    if not _NAME.fullmatch(name):
        raise UnknownCalendar(_unknown(name))
    return Calendar(name)


@lru_cache(maxsize=512)
def _check(country: str) -> None:
    _source(country, [])


def _source(country: str, years: list[int]) -> holidays.HolidayBase:
    code, _, subdivision = country.partition("-")
    try:
        return holidays.country_holidays(
            code,
            subdiv=subdivision or None,
            years=years,
            expand=False,
            language=LANGUAGE,
            categories=("public",),
        )
    except (NotImplementedError, TypeError):  # the second for names that the package uses otherwise
        raise UnknownCalendar(_unknown(country)) from None


def _unknown(country: str) -> str:
    return (
        # stays English: told of rule files; pages have words of their own
        f"There is no holiday calendar {country!r}; give a country's two letters such as US, "
        "with a subdivision where wanted, such as DE-BY."
    )


def _name(names: str) -> str:
    return names.replace("; ", " and ")
