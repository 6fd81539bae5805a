"""How many deadlines were met and missed, and who missed them."""

from collections import Counter, defaultdict

from portal.languages.sentences import gettext
from portal.reports.by_month import Outcomes, told_by_month
from portal.reports.shapes import Asked, Report
from portal.reports.timed import Deadlines, deadlines

MET = "met"


def missed(asked: Asked) -> Report:
    """Count each deadline in the month in which it was met or ended, by who missed it."""
    found = list(deadlines(asked))
    by = _missed_by()
    names = {MET: (gettext("Met"), "success"), **{mover: by[mover] for mover in by if _any(found, mover)}}
    outcomes = Outcomes(
        names,
        gettext("Month"),
        gettext("Deadlines"),
        gettext("Share missed"),
        part=frozenset(names) - {MET},
    )
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in found:
        counted[one.month][one.mover if one.missed else MET] += one.number
    return told_by_month(counted, outcomes)


def _any(found: list[Deadlines], mover: str) -> bool:
    return any(one.missed and one.mover == mover for one in found)


def _missed_by() -> dict[str, tuple[str, str]]:
    """Return what each models.Mover is called who missed a deadline, with the tone of its bars."""
    return {
        "partner": (gettext("Missed by partners"), "attention"),
        "operator": (gettext("Missed by reviewers"), "danger"),
        "customer": (gettext("Missed by customers"), "info"),
        "nobody": (gettext("Ended while nobody had to act"), "neutral"),
    }
