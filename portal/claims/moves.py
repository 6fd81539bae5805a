"""Where a claim stands: its status and meaning, whose move it is, until when, and why until then."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.claims.clocks import running_clock, waiting_clocks
from portal.claims.desk import Desk
from portal.claims.model import Claim


@dataclass(frozen=True)
class Standing:
    """What a page says first about a claim.

    `due_at` is the first moment after the time; `due_on` the last day of it, in the program's zone.
    """

    status_label: str
    means: str
    tone: str
    waits_for: str
    clock_label: str
    due_at: datetime | None
    due_on: date | None
    arithmetic: str
    closed: bool
    overdue: bool


def standing(desk: Desk, claim: Claim) -> Standing:
    """Return where `claim` stands by its own policy version and its stored clocks."""
    rulebook = desk.rulebook_of(claim)
    status = rulebook.statuses[claim.status]
    clock = running_clock(claim) or next(iter(waiting_clocks(claim)), None)
    return Standing(
        status_label=status.label,
        means=status.means,
        tone=status.tone,
        waits_for=claim.waits_for,
        clock_label=rulebook.clocks[clock.clock].label if clock else "",
        due_at=clock.due_at if clock else None,
        due_on=date.fromisoformat(clock.due_on) if clock and clock.due_on else None,
        arithmetic=clock.arithmetic if clock else "",
        closed=claim.closed,
        overdue=claim.overdue,
    )
