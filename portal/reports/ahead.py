"""The picture of a radar: how many claims end in each week or month to come, and what they earned so far."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.languages.dates import day_in_words
from portal.languages.sentences import gettext, speaking
from portal.languages.sentences import month as in_words
from portal.reports.belongings import Stake, sum_of
from portal.reports.shapes import Amounts, Series

# Up to about a month ahead weeks are told apart; whoever looks further ahead compares months.
WEEKS_AT_MOST = 6
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Ending:
    """A claim ends on a day in the way that `what` names; `day` is None where no day is set."""

    claim_id: int
    what: str
    day: date | None


@dataclass(frozen=True)
class Span:
    """The days up to `last` that are in no earlier span."""

    label: str
    last: date


def spans(today: date, until: date) -> list[Span]:
    """Return the weeks from `today` to `until`, or the months where those would be too many weeks."""
    sundays = list(_sundays(today, until))
    if len(sundays) > WEEKS_AT_MOST:
        return [Span(in_words(f"{last:%Y-%m}"), last) for last in _ends_of_months(today, until)]
    near = (gettext("This week"), gettext("Next week"))
    later = (_week_of(last - A_WEEK + A_DAY) for last in sundays[len(near) :])
    return [Span(*one) for one in zip((*near, *later), sundays, strict=False)]


def picture(
    endings: Iterable[Ending], today: date, until: date, tones: Mapping[str, str], at_stake: Stake
) -> tuple[Series, ...]:
    """Draw each claim once, where it ends first: before today, in each span until then, and without a day.

    `tones` are those of each way to end, in the order of the parts.
    """
    earliest_last = sorted(endings, key=lambda one: one.day or date.max, reverse=True)
    first = {one.claim_id: one for one in earliest_last}
    overdue, ahead, undated = gettext("Overdue"), spans(today, until), gettext("Without a deadline")
    found: defaultdict[str, list[Ending]] = defaultdict(list)
    for one in first.values():
        found[undated if one.day is None else overdue if one.day < today else _span(ahead, one.day)].append(
            one
        )
    labels = [
        *((overdue,) if overdue in found else ()),
        *(span.label for span in ahead),
        *((undated,) if undated in found else ()),
    ]
    return tuple(_line(label, found[label], tones, at_stake or {}) for label in labels)


def _line(
    label: str, these: Sequence[Ending], tones: Mapping[str, str], at_stake: Mapping[int, Amounts]
) -> Series:
    numbers = Counter(one.what for one in these)
    worth = sum_of(at_stake[one.claim_id] for one in these if one.claim_id in at_stake)
    return Series(label, tuple((what, numbers[what], tone) for what, tone in tones.items()), worth)


def _span(ahead: Sequence[Span], day: date) -> str:
    return next((span.label for span in ahead if day <= span.last), ahead[-1].label)


def _sundays(today: date, until: date) -> Iterator[date]:
    last = today + (6 - today.weekday()) * A_DAY
    yield last
    while last < until:
        last += A_WEEK
        yield last


def _ends_of_months(today: date, until: date) -> Iterator[date]:
    last = today - A_DAY
    while last < until:
        next_month = (last + A_DAY).replace(day=1) + 31 * A_DAY
        last = next_month.replace(day=1) - A_DAY
        yield last


def _week_of(monday: date) -> str:
    return gettext("Week of %(day)s", day=day_in_words(monday, speaking()))
