"""How long claims stay in each status, held against the deadline that ran meanwhile."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from portal.languages.sentences import gettext
from portal.reports.months import since
from portal.reports.shapes import Asked, Cell, Report, Series
from portal.reports.timed import Stay, stays

A_SECOND, A_TENTH = timedelta(seconds=1), Decimal("0.1")
A_DAY = timedelta(days=1) // A_SECOND


def time_in_status(asked: Asked) -> Report:
    """Tell of each status in which a claim is under way how long the stays took that ended lately."""
    begin, now = since(asked.today, asked.zone), asked.desk.clock.now()
    labels = {code: status.label for code, status in asked.rulebook.statuses.items()}
    found: dict[str, list[Stay]] = {label: [] for label in labels.values()}
    for stay in stays(asked):
        if stay.ended_at is None or stay.ended_at >= begin:
            found.setdefault(labels.get(stay.status, stay.label), []).append(stay)
    named = [(label, ones) for label, ones in found.items() if ones]
    in_time, too_late = gettext("Ended in time"), gettext("Ended too late")
    headings = (
        gettext("Stays that ended"),
        gettext("Median days"),
        gettext("Nine in ten took at most (days)"),
        in_time,
        too_late,
        gettext("In it now"),
        gettext("Of these too late"),
    )
    rows = tuple((label, *_cells(ones, now)) for label, ones in named)
    series = tuple(
        Series(label, ((in_time, _ended_in_time(ones), "success"), (too_late, _ended_late(ones), "danger")))
        for label, ones in named
    )
    return Report(((gettext("Status"), False), *((heading, True) for heading in headings)), rows, series)


def _cells(found: Sequence[Stay], now: datetime) -> tuple[Cell, ...]:
    lengths = sorted((stay.ended_at - stay.began_at) // A_SECOND for stay in found if stay.ended_at)
    there = [stay for stay in found if stay.ended_at is None]
    return (
        len(lengths),
        _days(median(lengths)) if lengths else None,
        _days(nine_in_ten(lengths)) if lengths else None,
        _ended_in_time(found),
        _ended_late(found),
        len(there),
        sum(stay.late_at(now) for stay in there),
    )


def nine_in_ten(lengths: Sequence[int]) -> int:
    """Return the least of the sorted lengths that nine in ten do not exceed (the nearest rank)."""
    return lengths[-(-len(lengths) * 9 // 10) - 1]


def _days(seconds: float) -> Decimal:
    return (Decimal(seconds) / A_DAY).quantize(A_TENTH, ROUND_HALF_UP)


def _ended_in_time(found: Sequence[Stay]) -> int:
    return sum(stay.due_at is not None and not stay.late_at(stay.ended_at) for stay in found if stay.ended_at)


def _ended_late(found: Sequence[Stay]) -> int:
    return sum(stay.late_at(stay.ended_at) for stay in found if stay.ended_at)
