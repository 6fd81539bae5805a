"""How long somebody still has, in words: whole days of the program's zone, as on a wall calendar."""

from dataclasses import dataclass
from datetime import date

from portal.languages.sentences import gettext, ngettext, number

# Two days off and a day of work: whoever sees a claim marked before a weekend can still answer it after.
SOON_DAYS = 3


@dataclass(frozen=True)
class DaysLeft:
    """What a deadline's last day means today. `tone` is danger, attention or neutral, as badges know it.

    `named` says which days these are, for a page that tells of business days as well; "" counts none.
    """

    words: str
    tone: str
    named: str = ""


def days_left(due_on: date, today: date, *, overdue: bool = False) -> DaysLeft:
    """Return what is left until the end of `due_on`; both days are those of the program's zone.

    A claim may be marked `overdue` while another of its clocks runs: what is late stays late.
    """
    days = (due_on - today).days
    away = abs(days)
    if days < 0:
        late = ngettext("%(count)s day overdue", "%(count)s days overdue", away, count=number(away))
        named = ngettext(
            "%(count)s calendar day overdue", "%(count)s calendar days overdue", away, count=number(away)
        )
        return DaysLeft(late, "danger", named)
    if overdue:
        return DaysLeft(gettext("Overdue"), "danger")
    if days == 0:
        return DaysLeft(gettext("Due today"), "danger")
    words = ngettext("%(count)s day left", "%(count)s days left", away, count=number(away))
    named = ngettext("%(count)s calendar day left", "%(count)s calendar days left", away, count=number(away))
    return DaysLeft(words, "attention" if days <= SOON_DAYS else "neutral", named)
