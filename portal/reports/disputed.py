"""How many rejections were disputed, and what came of the disputes."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from portal.audit.model import AuditEvent
from portal.claims.model import Claim
from portal.languages.sentences import gettext
from portal.reports.by_month import Outcomes, by_month
from portal.reports.months import since
from portal.reports.moves import Move, moves_of
from portal.reports.shapes import Asked, Report

WON, LOST, GIVEN_UP, UNDECIDED = "won", "lost", "given_up", "undecided"


def disputes(asked: Asked) -> Report:
    """Count each dispute in the month in which it was begun, by what came of it until now."""
    lately = AuditEvent.at >= since(asked.today, asked.zone)
    disputed = moves_of(asked, lately, Claim.disputes_used > 0)
    begun = (dispute for moves in disputed for dispute in _disputes(moves))
    outcomes = Outcomes(
        {
            WON: (gettext("Approved"), "success"),
            LOST: (gettext("Denied"), "danger"),
            GIVEN_UP: (gettext("Withdrawn by the partner"), "neutral"),
            UNDECIDED: (gettext("Not decided yet"), "info"),
        },
        gettext("Month of the dispute"),
        gettext("Disputes"),
        gettext("Share approved"),
        part=frozenset({WON}),
        whole=frozenset({WON, LOST}),
    )
    return by_month(asked, begun, outcomes)


def _disputes(moves: Iterable[Move]) -> Iterator[tuple[datetime, str]]:
    """Yield when each dispute of a claim began and what came of it: the next approval or rejection.

    A policy may have a claim asked about or handed on in between, which decides nothing.
    """
    ordered = list(moves)
    for place, move in enumerate(ordered):
        if move.step.disputes:
            decided = (one for one in ordered[place + 1 :] if one.step.approves or one.step.rejects)
            yield move.at, _outcome(next(decided, None))


def _outcome(decided: Move | None) -> str:
    if decided is None:
        return UNDECIDED
    if decided.step.approves:
        return WON
    return GIVEN_UP if decided.step.withdraws else LOST
