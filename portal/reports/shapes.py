"""What every report consists of: a table, a picture of it, and what to read in them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.desk import Desk


@dataclass(frozen=True)
class Money:
    """An amount in the smallest unit of its currency."""

    minor: int
    currency: str


@dataclass(frozen=True)
class ClaimLink:
    """A cell that leads to a claim."""

    number: str


@dataclass(frozen=True)
class OpinionsLink:
    """A cell that leads to the two opinions about one decision, named by the claim."""

    number: str
    review_id: int


Cell = str | int | date | Money | ClaimLink | OpinionsLink | None


@dataclass(frozen=True)
class Series:
    """One line of bars: its name, and its parts by the name of each column; tones are those of badges."""

    label: str
    parts: tuple[tuple[str, int, str], ...]  # (name, number, tone)

    @property
    def total(self) -> int:
        return sum(number for _, number, _ in self.parts)


@dataclass(frozen=True)
class Report:
    """The answer of a report. `columns` are (heading, is a number); each row has a cell for each."""

    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    series: tuple[Series, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def longest(self) -> int:
        """The total of the longest line of bars, at least 1."""
        return max((one.total for one in self.series), default=0) or 1


@dataclass(frozen=True)
class Asked:
    """Who asks for a report of what moment."""

    session: Session
    desk: Desk
    actor: Actor
    today: date


@dataclass(frozen=True)
class Kind:
    """One report: where it is found, what it is called, what it tells, and how it is made."""

    code: str
    title: str
    lead: str
    make: Callable[[Asked], Report]
    empty: str  # what to say where it has no rows
    permission: str = "reports.read"  # whose report it is


def table_of(
    headings: Sequence[str], counted: Mapping[str, Mapping[str, int]]
) -> tuple[tuple[Cell, ...], ...]:
    """Return rows of (name, number by heading, sum) for numbers that were counted by name and heading."""
    return tuple(
        (name, *(numbers.get(heading, 0) for heading in headings), sum(numbers.values()))
        for name, numbers in counted.items()
    )
