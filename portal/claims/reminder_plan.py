"""The reminders that a running clock still has before it: planned when its last day is given."""

from datetime import date, datetime

from portal.calendars.reminders import reminder_moment
from portal.claims.model import ClaimClock, ClockReminder
from portal.rulebook.rulebook import Rulebook


def plan_reminders(rulebook: Rulebook, row: ClaimClock, calendar: str, after: datetime) -> None:
    """Plan every reminder of the last day of `row` that comes later than `after` (aware).

    What was planned for an earlier last day is forgotten, and what was sent stays. By `after` somebody was
    told of the day itself, so that a reminder that would have come before it would say nothing new.
    `calendar` is the one that the clock counts by, such as "US".
    """
    forget_planned(row)
    zone, last = rulebook.policy.time_zone, date.fromisoformat(row.due_on)
    for days in rulebook.clocks[row.clock].remind:
        at = reminder_moment(last, days, calendar, zone)
        if at > after:
            row.reminders.append(ClockReminder(due_on=row.due_on, days=days, remind_at=at))


def planned(row: ClaimClock) -> list[ClockReminder]:
    """Return the reminders of `row` that were not sent."""
    return [reminder for reminder in row.reminders if reminder.sent_at is None]


def forget_planned(row: ClaimClock) -> None:
    """Take back what was planned: the clock ended or stopped, or its last day is another."""
    for reminder in planned(row):
        row.reminders.remove(reminder)
