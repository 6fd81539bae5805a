"""Where a claim stands: its status and meaning, whose move it is, until when, and why until then."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.claims.clock_states import running_clock, waiting_clocks
from portal.claims.desk import Desk
from portal.claims.disputes import is_dispute
from portal.claims.model import Claim
from portal.rulebook.models import CatalogReason
from portal.rulebook.rulebook import Rulebook


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


def can_be_disputed(rulebook: Rulebook, claim: Claim) -> bool:
    """Tell whether a dispute leads on from here: there is one in the claim's status, and it is not closed."""
    return not claim.closed and any(
        is_dispute(row) and claim.status in row.moves for row in rulebook.transitions.values()
    )


def next_step_of(reason: CatalogReason, *, disputable: bool) -> str:
    """Return what helps against `reason`, or "": what a reason that can be disputed asks for is a dispute.

    `disputable` says whether the claim can be disputed now.
    """
    return reason.next_step if disputable or not reason.disputable else ""
