"""The last months, by which reports count; each begins in the zone of the program."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

MONTHS = 12  # a year is compared at a glance


def last_months(today: date) -> list[str]:
    """Return the last months as "2026-11", the running one last."""
    return [f"{year}-{month:02d}" for year, month in _months(today)]


def ends_of_months(today: date, zone: ZoneInfo) -> list[tuple[str, datetime]]:
    """Return each of the last months, the oldest first, with the first moment after it."""
    return [
        (f"{year}-{month:02d}", _begin_of(year + month // 12, month % 12 + 1, zone))
        for year, month in _months(today)
    ]


def lasting(today: date, zone: ZoneInfo) -> list[tuple[str, datetime, datetime]]:
    """Return each of the last months, the oldest first, with its first moment and the first one after it."""
    ends = ends_of_months(today, zone)
    begins = [since(today, zone), *(end for _, end in ends)]
    return [(name, begin, end) for (name, end), begin in zip(ends, begins, strict=False)]


def since(today: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which the first of the last months began."""
    return _begin_of(*_months(today)[0], zone)


def month_of(moment: datetime, zone: ZoneInfo) -> str:
    """Return the month in which a moment lies, as `last_months` writes it."""
    return f"{moment.astimezone(zone):%Y-%m}"


def months_told(today: date, zone: ZoneInfo) -> Callable[[datetime], str]:
    """Return what tells of a moment up to now in which of the last months it lies, "" before all of them.

    `month_of` for many moments: none of them is brought into the zone.
    """
    names = ["", *last_months(today)]
    begins = [_begin_of(year, month, zone) for year, month in _months(today)]
    return lambda moment: names[bisect_right(begins, moment)]


def _months(today: date) -> list[tuple[int, int]]:
    last = today.year * 12 + today.month - 1
    return [(one // 12, one % 12 + 1) for one in range(last - MONTHS + 1, last + 1)]


def _begin_of(year: int, month: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(date(year, month, 1), time(), zone).astimezone(UTC)
