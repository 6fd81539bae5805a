"""What every report consists of: a table, a picture of it, and what to read in them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.rulebook.rulebook import Rulebook

# Rows that a page shows at once, where the report says nothing else, and those that it has, folded up beneath
# them. Files hold all.
ROWS_AT_ONCE, ROWS_AT_MOST = 12, 200


@dataclass(frozen=True)
class Money:
    """An amount in the smallest unit of its currency."""

    minor: int
    currency: str


@dataclass(frozen=True)
class Amounts:
    """An amount in each of some currencies, which are never added up; none where nothing is known."""

    each: tuple[Money, ...] = ()


@dataclass(frozen=True)
class Share:
    """How many of so many; there are at least one."""

    part: int
    whole: int

    @property
    def percent(self) -> int:
        """The share as a whole percentage; only none is 0, and only all is 100."""
        rounded = (200 * self.part + self.whole) // (2 * self.whole)
        return min(max(rounded, int(self.part > 0)), 100 - (self.part < self.whole))


@dataclass(frozen=True)
class Month:
    """A month, such as "2026-11": pages say it in words, files as it is."""

    iso: str


@dataclass(frozen=True)
class ClaimLink:
    """A cell that leads to a claim."""

    number: str


@dataclass(frozen=True)
class OpinionsLink:
    """A cell that leads to the two opinions about one decision, named by the claim."""

    number: str
    review_id: int


Cell = str | int | Decimal | date | Month | Amounts | Share | ClaimLink | OpinionsLink | None


def share(part: int, whole: int) -> Cell:
    """Return the cell of a share; nothing where there is nothing to have a share of."""
    return Share(part, whole) if whole else None


@dataclass(frozen=True)
class Series:
    """One line of bars: its name, and its parts by the name of each column; tones are those of badges.

    `beside` stands with the sum of its parts: what that is worth.
    """

    label: str
    parts: tuple[tuple[str, int, str], ...]  # (name, number, tone)
    beside: Amounts = Amounts()

    @property
    def total(self) -> int:
        return sum(number for _, number, _ in self.parts)


@dataclass(frozen=True)
class Figure:
    """What a report comes to in one number, with what it is a share of."""

    share: Share
    words: str


@dataclass(frozen=True)
class Report:
    """The answer of a report. `columns` are (heading, is a number); each row has a cell for each."""

    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    series: tuple[Series, ...] = ()
    drawn: str = ""  # what the lines of bars count, where it is not what the table counts
    figure: Figure | None = None
    sparse: bool = False  # most numbers are 0: where there is little room they are left out
    first: int = ROWS_AT_ONCE  # rows that a page shows at once
    notes: tuple[str, ...] = ()  # sentences to read with the numbers, beneath them

    @property
    def longest(self) -> int:
        """The total of the longest line of bars, at least 1."""
        return max((one.total for one in self.series), default=0) or 1

    @property
    def at_once(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows that a page shows at once."""
        return self.rows[: self.first]

    @property
    def folded(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows that a page shows when asked."""
        return self.rows[self.first : ROWS_AT_MOST]

    @property
    def shown(self) -> int:
        """How many of the rows a page has."""
        return min(len(self.rows), ROWS_AT_MOST)


@dataclass(frozen=True)
class Asked:
    """Who asks for a report of what moment."""

    session: Session
    desk: Desk
    actor: Actor
    today: date

    @property
    def rulebook(self) -> Rulebook:
        """The policy in force, in whose words a report is written."""
        return self.desk.policies.in_force()

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the program, in which months and days begin."""
        return ZoneInfo(self.rulebook.policy.time_zone)

    def value(self, name: str) -> int:
        """Return a named value of the policy that the kind of the report declares, so that it is there."""
        return int(self.rulebook.vocabulary.values[name])


@dataclass(frozen=True)
class Kind:
    """One report: where it is found, what it is called, what it tells, and how it is made.

    Sentences hold `values` of vocabulary.yaml as `%(name)s`, and `%(months)s` that are looked back; a policy
    that does not give the values has no such report.
    """

    code: str
    title: str
    lead: str
    make: Callable[[Asked], Report]
    empty: str  # what to say where it has no rows
    how: str = ""  # what is counted, and how, for somebody who sees the numbers for the first time
    permission: str = ""  # what its reader needs besides reading reports
    values: tuple[str, ...] = ()


Name = TypeVar("Name", bound=str | Month)


def counted_columns(first: str, headings: Sequence[str], last: str) -> tuple[tuple[str, bool], ...]:
    """Return the columns of a table whose rows have a name, a number by heading, and their sum."""
    return ((first, False), *((heading, True) for heading in headings), (last, True))


def table_of(
    headings: Sequence[str], counted: Mapping[Name, Mapping[str, int]]
) -> tuple[tuple[Cell, ...], ...]:
    """Return rows of (name, number by heading, sum) for numbers that were counted by name and heading."""
    return tuple(
        (name, *(numbers.get(heading, 0) for heading in headings), sum(numbers.values()))
        for name, numbers in counted.items()
    )
