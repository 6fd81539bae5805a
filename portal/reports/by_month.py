"""Tables of what happened in each of the last months, by what came of it, with a share of the whole."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.reports.months import last_months, month_of
from portal.reports.shapes import Asked, Report, Series, share


@dataclass(frozen=True)
class Outcomes:
    """What can come of the things counted, in the order of the columns, and how the columns are called.

    `names` are (heading, tone of a badge) by outcome. The share is that of the outcomes `part` among those
    of `whole`, or among all.
    """

    names: Mapping[str, tuple[str, str]]
    month: str
    total: str
    share: str
    part: frozenset[str]
    whole: frozenset[str] = frozenset()


def by_month(asked: Asked, happened: Iterable[tuple[datetime, str]], outcomes: Outcomes) -> Report:
    """Count what `happened`, told as (moment, outcome), by month, newest first, without empty months."""
    counted = {month: Counter[str]() for month in reversed(last_months(asked.today))}
    for moment, outcome in happened:
        if (month := month_of(moment, asked.zone)) in counted:
            counted[month][outcome] += 1
    found = {month: numbers for month, numbers in counted.items() if numbers}
    names, whole = outcomes.names, outcomes.whole or frozenset(outcomes.names)
    headings = (*(heading for heading, _ in names.values()), outcomes.total, outcomes.share)
    return Report(
        columns=((outcomes.month, False), *((heading, True) for heading in headings)),
        rows=tuple(
            (
                month,
                *(numbers[code] for code in names),
                numbers.total(),
                share(sum(numbers[code] for code in outcomes.part), sum(numbers[code] for code in whole)),
            )
            for month, numbers in found.items()
        ),
        series=tuple(
            Series(month, tuple((heading, numbers[code], tone) for code, (heading, tone) in names.items()))
            for month, numbers in found.items()
        ),
    )
