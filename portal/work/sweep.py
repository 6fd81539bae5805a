"""The sweep: applies due ends and reminds of those that come; safe to run twice at once, and often."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.calendars.counting import day_words
from portal.claims.clocks import due_ends
from portal.claims.desk import Desk
from portal.claims.ends import apply_due_ends
from portal.claims.noting import note_missing
from portal.claims.queries import claim_by_number
from portal.claims.reminding import Reminder, due_reminders, send_due_reminders
from portal.db import db


@dataclass(frozen=True)
class Swept:
    """What one sweep did: the moment it saw as the present, (claim number, clock) of each end, reminders."""

    now: datetime
    applied: tuple[tuple[str, str], ...]
    reminded: tuple[Reminder, ...] = ()


def sweep(desk: Desk, now: datetime | None = None) -> Swept:
    """Apply all due ends as of `now` (aware; the clock's present by default), for this run alone, and remind.

    An end may start a clock that is due as well when the portal was off for long; the sweep goes on
    until nothing is due, which it always comes to: every pass ends at least one clock. Reminders come
    after the ends, so that nobody is reminded of what just ended, and an end that fails holds up none.
    So does what lists lack of eligibility, which an end may have assessed; neither of these holds it up.
    """
    with desk.clock.moved_to(now or desk.clock.now()):
        applied: list[tuple[str, str]] = []
        try:
            while found := apply_due_ends(desk):
                applied += found
                desk.committed()
        finally:
            try:
                reminded = send_due_reminders(desk)
            finally:
                try:
                    note_missing(desk)
                finally:
                    desk.committed()  # what went well is handed over, whatever failed beside it
        return Swept(desk.clock.now(), tuple(applied), tuple(reminded))


def due(desk: Desk, now: datetime | None = None) -> Swept:
    """Return what is due as of `now` and change nothing; an end that follows from another is not told."""
    at = now or desk.clock.now()
    return Swept(at, tuple(due_ends(db.session(), at)), tuple(due_reminders(db.session(), at)))


def in_words(desk: Desk, swept: Swept) -> list[tuple[str, str, str]]:
    """Return claim number, label of the clock, and label of the claim's present status for each end."""
    found = []
    for number, clock in swept.applied:
        claim = claim_by_number(db.session(), number)
        rulebook = desk.rulebook_of(claim)
        found.append((number, rulebook.clocks[clock].label, rulebook.statuses[claim.status].label))
    return found


def reminders_in_words(desk: Desk, swept: Swept) -> list[tuple[str, str, str]]:
    """Return claim number, label of the clock, and its last day ("Mon 14 Dec 2026") for each reminder."""
    found = []
    for number, clock, due_on in swept.reminded:
        rulebook = desk.rulebook_of(claim_by_number(db.session(), number))
        found.append((number, rulebook.clocks[clock].label, day_words(date.fromisoformat(due_on))))
    return found
