"""The reference that counting is held against: it walks day by day and knows no index."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

YEARS = range(2009, 2052)


@lru_cache
def calendar_of(country: str) -> holidays.HolidayBase:
    code, _, subdivision = country.partition("-")
    return holidays.country_holidays(code, subdiv=subdivision or None, years=YEARS)


def works(country: str, day: date) -> bool:
    return calendar_of(country).is_working_day(day)


def due_on(start: datetime, days: int, business: bool, country: str, zone: str) -> date:
    day = start.astimezone(ZoneInfo(zone)).date()
    while days:
        day += timedelta(days=1)
        if not business or works(country, day):
            days -= 1
    return day


def over_at(day: date, zone: str) -> datetime:
    """Return the first moment after which it is never `day` again, found by looking at every quarter hour.

    Every zone has changed its offset at full quarters only, in the years that are tested.
    """
    quarter = timedelta(minutes=15)
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + timedelta(days=2)
    while (moment - quarter).astimezone(ZoneInfo(zone)).date() > day:
        moment -= quarter
    return moment
