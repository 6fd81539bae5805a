"""The verb that moves a deadline; the only one after a clock has started, and never without a record."""

from datetime import date
from zoneinfo import ZoneInfo

from portal.calendars.counting import day_words, end_of, local_day
from portal.calendars.days import Calendar
from portal.claims.answer_facts import chosen_day
from portal.claims.clock_states import running_clock
from portal.claims.clocks import calendar_counted_by
from portal.claims.desk import Step
from portal.claims.reminder_plan import plan_reminders


def extend_deadline(step: Step) -> None:
    """Move the end of the running clock to the end of the day that the form chose.

    The rules have seen to it that there is one and that the day is later. What it was before stays
    in the clock's arithmetic and in the audit (product.md, settled question 3).
    """
    row, day = running_clock(step.claim), chosen_day(step.answers)
    if row is None or day is None:
        raise ValueError("A rule of the action must refuse an extension without a clock or a day.")
    zone = step.rulebook.policy.time_zone
    was, on = date.fromisoformat(row.due_on), local_day(step.now, zone)
    calendar = calendar_counted_by(step.rulebook, step.claim, row)
    # stays English: kept in the clock and in the audit
    off = "" if Calendar(calendar).is_business_day(day) else " (no business day)"
    row.arithmetic = (  # stays English: kept in the clock and in the audit
        f"{row.arithmetic.removesuffix('.')}. Extended on {day_words(on)} from {day_words(was)} "
        f"to {day_words(day)}{off}."
    )
    row.due_at, row.due_on = end_of(day, ZoneInfo(zone)), day.isoformat()
    plan_reminders(step.rulebook, row, calendar, step.now)
    step.details["extended"] = {"clock": row.clock, "from": was.isoformat(), "to": row.due_on}
    step.details["clocks"] = {row.clock: [row.due_on, row.arithmetic]}
    step.details["text"] = step.answers.one("message")
