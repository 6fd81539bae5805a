"""Reminds of deadlines: leaves the mails that are due in the outbox, once each, and records it."""

import logging
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.accounts.actor import SYSTEM_ACTOR
from portal.claims.chain import record_event
from portal.claims.clock_states import RUNNING
from portal.claims.clocks import left_until
from portal.claims.desk import Desk
from portal.claims.facts import gather_named
from portal.claims.gathering import Gathering
from portal.claims.mails import post_mail
from portal.claims.model import Claim, ClaimClock, ClockReminder
from portal.claims.queries import claim_by_id
from portal.claims.reminder_plan import planned
from portal.db import transaction
from portal.notifications.model import OutboxMessage
from portal.notifications.writing import OutOfDate
from portal.rulebook.closed_names import REMIND
from portal.rulebook.rulebook import Rulebook

log = logging.getLogger(__name__)

REMINDED = "reminded"  # the audit's action
REMINDED_NOBODY = "reminded_nobody"  # the same where nobody is left who would get the mail

# Claim number, clock, and the last day (ISO date) that was reminded of.
Reminder = tuple[str, str, str]


def due_reminders(session: Session, now: datetime) -> list[Reminder]:
    """Return what would be reminded of as of `now` (aware), each clock once."""
    query = _due(now).with_only_columns(Claim.number, ClaimClock.clock, ClockReminder.due_on)
    return list(dict.fromkeys((row[0], row[1], row[2]) for row in session.execute(query)))


def send_due_reminders(desk: Desk) -> list[Reminder]:
    """Leave the mails of every reminder that is due in the outbox; return what was reminded of.

    Each is a transaction of its own and happens once however many do it at the same time: the claim is
    locked and what is planned is looked at again. Of several that are due for one clock, as after days in
    which the portal was off, only the latest is sent. One that cannot be sent keeps no other from its
    turn; the first error is raised when all have had theirs.
    """
    desk.open()
    with transaction() as session:
        rows = dict.fromkeys((row[0], row[1]) for row in session.execute(_due(desk.clock.now())))
    reminded, failures = [], []
    for claim_id, clock_id in rows:
        try:
            if sent := _remind(desk, claim_id, clock_id):
                reminded.append(sent)
        except Exception as error:
            log.exception("a reminder could not be left", extra={"claim_id": claim_id})
            failures.append(error)
    if failures:
        raise failures[0]
    return reminded


def _due(now: datetime) -> Select[int, int]:
    """Return the select of claim id and clock row id of every planned reminder whose moment has come.

    Where the clock is over by now, its end is what happens next, and nobody can heed a reminder.
    """
    return (
        select(ClaimClock.claim_id, ClaimClock.id)
        .join(ClockReminder, ClockReminder.clock_id == ClaimClock.id)
        .join(Claim, Claim.id == ClaimClock.claim_id)
        .where(
            ClockReminder.sent_at.is_(None),
            ClockReminder.remind_at <= now,
            ClaimClock.state == RUNNING,
            ClaimClock.due_at > now,
        )
        .order_by(ClockReminder.remind_at, ClockReminder.id)
    )


def _remind(desk: Desk, claim_id: int, clock_id: int) -> Reminder | None:
    with transaction() as session:
        now = desk.clock.now()
        claim = claim_by_id(session, claim_id, lock=True)
        row = session.get_one(ClaimClock, clock_id, populate_existing=True)
        come = [one for one in planned(row) if one.remind_at <= now]
        if not come or row.state != RUNNING or row.due_at is None or row.due_at <= now:
            return None
        latest = come.pop()
        for missed in come:
            row.reminders.remove(missed)
        latest.sent_at = now
        rulebook = desk.rulebook_of(claim)
        mailed = _mailed(session, desk, rulebook, claim, row, now)
        if mailed is None:
            return None
        words = left_until(rulebook, claim, row, date.fromisoformat(row.due_on), now)
        details = {
            "days": latest.days,
            "clocks": {row.clock: [row.due_on, f"{words[:1].upper()}{words[1:]}."]},
        }
        action = REMINDED if mailed else REMINDED_NOBODY
        record_event(session, desk, claim.number, SYSTEM_ACTOR, action, now, details=details)
        return claim.number, row.clock, row.due_on


def _mailed(
    session: Session, desk: Desk, rulebook: Rulebook, claim: Claim, row: ClaimClock, now: datetime
) -> int | None:
    """Leave the mails that apply, and return how many; None where the policy in force tells nobody."""
    event, told = f"{REMIND}{row.clock}", None
    for place, mail in enumerate(rulebook.notifications.events.get(event, [])):
        names = rulebook.facts_read(f"mail:{event}:{place}")
        facts = gather_named(Gathering(session, desk, rulebook, claim, SYSTEM_ACTOR, now), names)
        if rulebook.mail_applies(event, place, facts):
            of = {"clock_id": row.id, "due_on": row.due_on}
            told = (told or 0) + post_mail(session, desk, rulebook, claim, event, place, mail.to, now, of)
    return told


def require_current(session: Session, message: OutboxMessage, at: datetime) -> None:
    """Raise OutOfDate for a reminder whose clock no longer runs, at `at`, to the day it reminds of.

    A mail may wait in the outbox for hours; meanwhile the partner acts, or is given more time.
    """
    if "clock_id" not in message.context:
        return
    row = session.get(ClaimClock, message.context["clock_id"])
    runs = row is not None and row.state == RUNNING and row.due_at is not None and at < row.due_at
    if row is None or not runs or row.due_on != message.context["due_on"]:
        # stays English: kept with the message
        raise OutOfDate("The deadline that this mail reminds of is over or was moved, so it was not sent.")
