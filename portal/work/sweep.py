"""The sweep: applies every end that is due; safe to run twice at once and any number of times."""

from dataclasses import dataclass
from datetime import datetime

from portal.claims.clocks import due_ends
from portal.claims.desk import Desk
from portal.claims.ends import apply_due_ends
from portal.claims.queries import claim_by_number
from portal.db import db


@dataclass(frozen=True)
class Swept:
    """What one sweep applied: the moment it saw as the present, and (claim number, clock) of each end."""

    now: datetime
    applied: tuple[tuple[str, str], ...]


def sweep(desk: Desk, now: datetime | None = None) -> Swept:
    """Apply all due ends as of `now` (aware; the clock's present by default), for this run alone.

    An end may start a clock that is due as well when the portal was off for long; the sweep goes on
    until nothing is due, which it always comes to: every pass ends at least one clock.
    """
    with desk.clock.moved_to(now or desk.clock.now()):
        applied: list[tuple[str, str]] = []
        while found := apply_due_ends(desk):
            applied += found
            desk.committed()
        return Swept(desk.clock.now(), tuple(applied))


def due(desk: Desk, now: datetime | None = None) -> Swept:
    """Return what is due as of `now` and change nothing; an end that follows from another is not told."""
    at = now or desk.clock.now()
    return Swept(at, tuple(due_ends(db.session(), at)))


def in_words(desk: Desk, swept: Swept) -> list[tuple[str, str, str]]:
    """Return claim number, label of the clock, and label of the claim's present status for each end."""
    found = []
    for number, clock in swept.applied:
        claim = claim_by_number(db.session(), number)
        rulebook = desk.rulebook_of(claim)
        found.append((number, rulebook.clocks[clock].label, rulebook.statuses[claim.status].label))
    return found
