"""How long somebody still has, in words: whole days of the program's zone, as on a wall calendar."""

from dataclasses import dataclass
from datetime import date

# Two days off and a day of work: whoever sees a claim marked before a weekend can still answer it after.
SOON_DAYS = 3


@dataclass(frozen=True)
class DaysLeft:
    """What a deadline's last day means today. `tone` is danger, attention or neutral, as badges know it."""

    words: str
    tone: str


def days_left(due_on: date, today: date, *, overdue: bool = False) -> DaysLeft:
    """Return what is left until the end of `due_on`; both days are those of the program's zone.

    A claim may be marked `overdue` while another of its clocks runs: what is late stays late.
    """
    days = (due_on - today).days
    counted = "1 day" if abs(days) == 1 else f"{abs(days):,} days"
    if days < 0:
        return DaysLeft(f"{counted} overdue", "danger")
    if overdue:
        return DaysLeft("Overdue", "danger")
    if days == 0:
        return DaysLeft("Due today", "danger")
    return DaysLeft(f"{counted} left", "attention" if days <= SOON_DAYS else "neutral")
