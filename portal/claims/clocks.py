"""A claim's clocks: begun and stopped by its moves, their due moments kept with the arithmetic."""

from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.accounts.actor import SYSTEM_ACTOR
from portal.calendars.counting import DueMoment, count, left
from portal.calendars.days import country_of
from portal.claims.clock_states import ENDED, RUNNING, STOPPED, WAITING
from portal.claims.desk import Step
from portal.claims.facts import gather_named
from portal.claims.gathering import Gathering
from portal.claims.model import Claim, ClaimClock
from portal.claims.reminder_plan import forget_planned, plan_reminders
from portal.claims.units import sharing_units_with
from portal.rulebook.models import ClockRule
from portal.rulebook.rulebook import Rulebook

TOLD = "told"  # the clock starts when the mail about the move is handed over


def runs_in(rule: ClockRule, status: str) -> bool:
    """Tell whether the clock belongs to `status`."""
    return status in ([rule.while_] if isinstance(rule.while_, str) else rule.while_)


def turn_clocks(step: Step) -> None:
    """Stop the clocks of the status that was left and begin those of the one that was entered."""
    for name, rule in step.rulebook.clocks.items():
        was, will = runs_in(rule, step.from_status), runs_in(rule, step.to_status)
        if was and not will:
            _stop(step.claim, name, step.now)
        elif will and not was and _applies(step, name):
            _begin(step.rulebook, step.claim, name, step.now)


def _applies(step: Step, name: str) -> bool:
    names = step.rulebook.facts_read(f"clock:{name}")
    facts = gather_named(
        Gathering(step.session, step.desk, step.rulebook, step.claim, SYSTEM_ACTOR, step.now), names
    )
    return step.rulebook.clock_applies(name, facts)


def _stop(claim: Claim, name: str, now: datetime) -> None:
    for row in claim.clocks:
        if row.clock == name and row.state in (RUNNING, WAITING):
            row.state, row.ended_at = STOPPED, now
            forget_planned(row)


def _begin(rulebook: Rulebook, claim: Claim, name: str, now: datetime) -> None:
    row = ClaimClock(clock=name, state=WAITING, created_at=now)
    claim.clocks.append(row)
    if rulebook.clocks[name].starts != TOLD:
        start(rulebook, claim, row, now)


def due_moment(rulebook: Rulebook, claim: Claim, name: str, at: datetime) -> DueMoment:
    """Return when the clock `name` of the claim ends, counted from `at`."""
    calendar = calendar_of(rulebook, claim, name)
    return count(at, rulebook.clocks[name].length, calendar, rulebook.policy.time_zone)


def calendar_of(rulebook: Rulebook, claim: Claim, name: str) -> str:
    """Return whose holidays count: where the clock waits for the partner, those of the claim's location.

    A location without a calendar of its own has the program's, and so does everybody else.
    """
    waits_for = rulebook.clocks[name].waits_for or rulebook.statuses[claim.status].waits_for
    own = claim.location.calendar if claim.location and waits_for == claim.organization.side else None
    return own or rulebook.policy.calendar


def calendar_counted_by(rulebook: Rulebook, claim: Claim, row: ClaimClock) -> str:
    """Return the calendar that the clock was counted by when it started, whatever the location has today.

    Of a clock that waits, or that counts calendar days, nothing was kept; it is the location's of today.
    """
    return country_of(row.calendar) or calendar_of(rulebook, claim, row.clock)


def left_until(rulebook: Rulebook, claim: Claim, row: ClaimClock, last: date, now: datetime) -> str:
    """Tell in words how long the claim's clock `name` still runs at `now` to the end of its last day."""
    calendar = calendar_counted_by(rulebook, claim, row)
    return left(now, last, rulebook.clocks[row.clock].length, calendar, rulebook.policy.time_zone)


def start(rulebook: Rulebook, claim: Claim, row: ClaimClock, at: datetime) -> None:
    """Start a waiting clock of the claim at `at`: from now on its due moment stands."""
    due = due_moment(rulebook, claim, row.clock, at)
    row.state = RUNNING
    row.started_at = at
    row.due_at = due.due_at
    row.due_on = due.due_on.isoformat()
    row.arithmetic = due.arithmetic
    row.calendar = due.calendar
    plan_reminders(rulebook, row, calendar_of(rulebook, claim, row.clock), at)


def due_rows(session: Session, now: datetime, claim_id: int | None = None) -> list[tuple[int, int]]:
    """Return (claim id, clock row id) of every running clock whose end has come, earliest first.

    With `claim_id`, those of this claim and of every claim that has a unit with it.
    """
    query = select(ClaimClock.claim_id, ClaimClock.id).where(
        ClaimClock.state == RUNNING, ClaimClock.due_at <= now
    )
    if claim_id is not None:
        together = sharing_units_with(claim_id)
        query = query.where(or_(ClaimClock.claim_id == claim_id, ClaimClock.claim_id.in_(together)))
    return [(row[0], row[1]) for row in session.execute(query.order_by(ClaimClock.due_at, ClaimClock.id))]


def due_ends(session: Session, now: datetime) -> list[tuple[str, str]]:
    """Return (claim number, clock) of every running clock whose end has come as of `now`, earliest first."""
    query = select(Claim.number, ClaimClock.clock).join(Claim, Claim.id == ClaimClock.claim_id)
    query = query.where(ClaimClock.state == RUNNING, ClaimClock.due_at <= now)
    return [(row[0], row[1]) for row in session.execute(query.order_by(ClaimClock.due_at, ClaimClock.id))]


def end(row: ClaimClock, now: datetime) -> None:
    """Mark a clock as ended; what happens then is its `at_end`."""
    row.state, row.ended_at = ENDED, now
    forget_planned(row)
