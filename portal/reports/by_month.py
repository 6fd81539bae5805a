"""Tables of what happened in each of the last months, by what came of it, with a share of the whole."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.languages.sentences import gettext, number
from portal.languages.sentences import month as in_words
from portal.reports.months import MONTHS, last_months, months_told
from portal.reports.shapes import Asked, Cell, Figure, Month, Report, Series, Share, share


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

    def share_of(self, numbers: Mapping[str, int]) -> Cell:
        """Return the share among numbers by outcome; nothing where there is nothing to have a share of."""
        whole = self.whole or frozenset(self.names)
        return share(
            sum(numbers.get(code, 0) for code in self.part), sum(numbers.get(code, 0) for code in whole)
        )


def by_month(asked: Asked, happened: Iterable[tuple[datetime, str]], outcomes: Outcomes) -> Report:
    """Count what `happened`, told as (moment, outcome), by month, newest first, without empty months."""
    month_of = months_told(asked.today, asked.zone)
    counted = {month: Counter[str]() for month in ("", *last_months(asked.today))}
    for moment, outcome in happened:
        counted[month_of(moment)][outcome] += 1
    return told_by_month({month: numbers for month, numbers in counted.items() if month}, outcomes)


def told_by_month(counted: Mapping[str, Counter[str]], outcomes: Outcomes) -> Report:
    """Tell how often each outcome was counted in each month, newest first, without empty months."""
    found = {month: counted[month] for month in sorted(counted, reverse=True) if counted[month].total()}
    names = outcomes.names
    headings = (*(heading for heading, _ in names.values()), outcomes.total, outcomes.share)
    return Report(
        columns=((outcomes.month, False), *((heading, True) for heading in headings)),
        rows=tuple(
            (
                Month(month),
                *(numbers[code] for code in names),
                numbers.total(),
                outcomes.share_of(numbers),
            )
            for month, numbers in found.items()
        ),
        series=tuple(
            Series(
                in_words(month),
                tuple((heading, numbers[code], tone) for code, (heading, tone) in names.items()),
            )
            for month, numbers in found.items()
        ),
        figure=_figure(sum(found.values(), Counter()), outcomes),
    )


def _figure(numbers: Counter[str], outcomes: Outcomes) -> Figure | None:
    whole = outcomes.share_of(numbers)
    if not isinstance(whole, Share):
        return None
    words = gettext(
        "%(share)s of the last %(months)s months: %(part)s of %(whole)s",
        share=outcomes.share,
        months=number(MONTHS),
        part=number(whole.part),
        whole=number(whole.whole),
    )
    return Figure(whole, words)
