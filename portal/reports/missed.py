"""How many deadlines were met and missed, and who missed them."""

from portal.languages.sentences import gettext
from portal.reports.by_month import Outcomes, by_month
from portal.reports.shapes import Asked, Report
from portal.reports.timed import Deadline, deadlines

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
    return by_month(asked, ((one.at, one.mover if one.missed else MET) for one in found), outcomes)


def _any(found: list[Deadline], mover: str) -> bool:
    return any(one.missed and one.mover == mover for one in found)


def _missed_by() -> dict[str, tuple[str, str]]:
    """Return what each models.Mover is called who missed a deadline, with the tone of its bars."""
    return {
        "partner": (gettext("Missed by partners"), "attention"),
        "operator": (gettext("Missed by reviewers"), "danger"),
        "customer": (gettext("Missed by customers"), "info"),
        "nobody": (gettext("Ended while nobody had to act"), "neutral"),
    }
