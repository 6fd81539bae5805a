"""When to remind of a last day: on a business day, so many business days before it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from portal.calendars.counting import end_of
from portal.calendars.days import Calendar


def reminder_moment(last: date, days: int, calendar: str, zone: str) -> datetime:
    """Return the first instant, in UTC, of the business day `days` (from 1) business days before `last`.

    Whoever reads the reminder has that whole day, and the whole last day as well. `last` itself may be
    a free day, as the end of a clock of calendar days: then the day before it is the one on which people
    last work. `calendar` is a country such as "US" and `zone` an IANA name. Raises ValueError for
    `days` below 1, UnknownCalendar, and ZoneInfoNotFoundError.
    """
    day = Calendar(calendar).nth_business_day_before(last, days)
    return end_of(day - timedelta(days=1), ZoneInfo(zone))
