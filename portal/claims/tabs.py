"""The tabs above the list of claims: all, what waits for the reader, and each status, with their counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, literal_column
from sqlalchemy.orm import Session

from portal.claims.filters import Wanted
from portal.claims.model import Claim
from portal.languages.sentences import gettext

ALL, WAITING = "all", "waiting"  # statuses are codes too, so the ids in the page carry "status-"


@dataclass(frozen=True)
class Tab:
    """One tab: its id in the page, its words, its count, where it leads, and whether one is on it."""

    code: str
    label: str
    count: int
    params: dict[str, str]
    current: bool


@dataclass(frozen=True)
class Tabs:
    """All tabs, how many claims the list has, and how many wait for the reader under its filters."""

    tabs: tuple[Tab, ...]
    total: int
    waiting: int


def is_waiting(chosen: Wanted, side: str) -> bool:
    """Tell whether the list is on the tab of what waits for the reader, who is of `side`."""
    return not chosen.status and chosen.move == side


def without_tab(chosen: Wanted, side: str) -> Wanted:
    """Return the filters that stay when another tab is opened.

    The filter by whose move it is stays beside a status, unless it is what a tab of its own chose.
    """
    return chosen.with_filters(status="", move="" if is_waiting(chosen, side) else chosen.move)


def counted_tabs(
    session: Session, shown: Select[Claim], chosen: Wanted, statuses: Sequence[tuple[str, str]], side: str
) -> Tabs:
    """Return the tabs over `shown`: what all filters leave but those by status and by whose move it is.

    One query counts for every tab; a status that the policy no longer names is among all alone.
    """
    grouped = shown.with_only_columns(Claim.status, Claim.waits_for, func.count(literal_column("*")))
    groups = session.execute(grouped.group_by(Claim.status, Claim.waits_for)).all()

    def count(status: str = "", move: str = "") -> int:
        return sum(
            number for found, waits_for, number in groups if status in ("", found) and move in ("", waits_for)
        )

    kept, waiting = without_tab(chosen, side), is_waiting(chosen, side)
    on_all = not chosen.status and not waiting
    tabs = [
        Tab(ALL, gettext("All"), count(move=kept.move), kept.params(), on_all),
        Tab(WAITING, gettext("Waiting for you"), count(move=side), kept.params(move=side), waiting),
    ]
    tabs += [
        Tab(
            f"status-{code}",
            label,
            count(code, kept.move),
            kept.params(status=code),
            code == chosen.status,
        )
        for code, label in statuses
    ]
    return Tabs(tuple(tabs), count(chosen.status, chosen.move), count(move=side))
