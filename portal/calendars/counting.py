"""Due moments: lengths counted in a program's zone, with the arithmetic in words; never a time of its own."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.calendars.days import Calendar
from portal.languages.dates import zone_in_words

_LENGTH = re.compile(r"([1-9][0-9]{0,3}) (business|calendar) days?")
# Said in English alone: how a clock was counted is kept in its row, and events keep how long it had left.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # stays English: kept
# stays English: kept
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# More holidays than a person wants to read are only counted.
HOLIDAYS_NAMED_AT_MOST = 8


@dataclass(frozen=True)
class DueMoment:
    """When a clock ends and why. It has ended from `due_at` (UTC) on; `due_on` is its last whole day."""

    due_at: datetime
    due_on: date
    arithmetic: str
    calendar: str


@dataclass(frozen=True)
class Length:
    """A number of days: business days, or calendar days."""

    days: int
    business: bool

    def __str__(self) -> str:
        kind = "business" if self.business else "calendar"
        # stays English: kept
        return f"{self.days} {kind} day{'' if self.days == 1 else 's'}"


def read_length(text: str) -> Length:
    """Read "14 business days" or "30 calendar days". Raises ValueError for anything else."""
    match = _LENGTH.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no length; write it like 14 business days or 30 calendar days.")
    return Length(int(match[1]), match[2] == "business")


def count(start: datetime, length: str, calendar: str, zone: str) -> DueMoment:
    """Count `length` from the event at `start` (aware) and return when it is over.

    Source: "You have 14 business days to provide the requested information and resubmit your claim".
    Decided (product.md, settled question 3): the day after the event is day 1, whether or not the event
    fell on a working day; what is due is due at the end of the last day in `zone` (an IANA name).
    `calendar` names the country whose public holidays count, such as "US". Raises ValueError for a
    naive `start` or a malformed length, UnknownCalendar, and ZoneInfoNotFoundError.
    """
    place, wanted, days = ZoneInfo(zone), read_length(length), Calendar(calendar)
    event = local_day(start, zone)
    if wanted.business:
        first, last = days.nth_business_day(event, 1), days.nth_business_day(event, wanted.days)
        skipped = days.holidays_between(event, last)
        label = days.label
    else:
        first, last = event + timedelta(days=1), event + timedelta(days=wanted.days)
        skipped, label = [], "calendar days"  # stays English: kept
    return DueMoment(
        due_at=end_of(last, place),
        due_on=last,
        arithmetic=_arithmetic(wanted, first, last, skipped, zone),
        calendar=label,
    )


def left(now: datetime, due_on: date, length: str, calendar: str, zone: str) -> str:
    """Tell in words how long a clock of `length` that is due on `due_on` still runs at `now` (aware)."""
    today = local_day(now, zone)
    if due_on < today:
        return f"ended on {day_words(due_on)}"  # stays English: kept
    if due_on == today:
        return "ends today"  # stays English: kept
    business = read_length(length).business
    days = business_days_between(today, due_on, calendar) if business else (due_on - today).days
    # A deadline that was extended to a weekend may have no business day before it.
    # stays English: kept
    return f"{Length(days, business)} left" if days else f"ends on {day_words(due_on)}"


def business_days_between(after: date, until: date, calendar: str) -> int:
    """Return how many business days are later than `after` and not later than `until`."""
    return Calendar(calendar).business_days_between(after, until)


def local_day(moment: datetime, zone: str) -> date:
    """Return the day that `moment` (aware) falls on in `zone`."""
    if moment.tzinfo is None:
        raise ValueError("Give the moment with its time zone; a bare local time can be any of many.")
    return moment.astimezone(ZoneInfo(zone)).date()


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant, in UTC, at which `day` is over in `zone`.

    Where summer time begins at midnight, the next day begins at one o'clock; where it ends just after
    midnight, the day may come back for an hour, and is over only after that.
    """
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    once, again = midnight.astimezone(UTC), midnight.replace(fold=1).astimezone(UTC)
    comes_back = again > once and (again - timedelta(microseconds=1)).astimezone(zone).date() <= day
    return again if comes_back else once


def day_words(day: date, year: bool = True) -> str:
    """Return a day as people read it: "Mon 14 Dec 2026", or "Mon 14 Dec" without its year."""
    words = f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return f"{words} {day.year}" if year else words


def _arithmetic(length: Length, first: date, last: date, skipped: list[tuple[date, str]], zone: str) -> str:
    def said(day: date) -> str:
        return day_words(day, year=day.year != last.year)

    # stays English: kept
    told = [(first, f"day 1 is {said(first)}")] if length.days > 1 else []
    # stays English: kept
    told += [(day, f"{said(day)} is a holiday ({name})") for day, name in skipped[:HOLIDAYS_NAMED_AT_MOST]]
    parts = [words for _, words in sorted(told)]
    if (more := len(skipped) - HOLIDAYS_NAMED_AT_MOST) > 0:
        parts.append(f"{more} more holiday{'' if more == 1 else 's'} later")  # stays English: kept
    parts.append(f"day {length.days} is {day_words(last)}")  # stays English: kept
    # stays English: kept
    return f"{length}: {'; '.join(parts)}; due at the end of that day ({zone_in_words(zone)})"
