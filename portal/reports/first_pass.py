"""How many claims were approved at the first pass: neither asked about nor rejected before."""

from collections.abc import Iterable
from datetime import datetime

from portal.languages.sentences import gettext
from portal.reports.by_month import Outcomes, by_month
from portal.reports.moves import Move, moves_of
from portal.reports.shapes import Asked, Report

AT_ONCE, LATER, REJECTED = "at_once", "later", "rejected_first"


def first_pass(asked: Asked) -> Report:
    """Count each claim in the month of its first decision, by what that was and what was asked before it."""
    decided = (_first_decision(moves) for moves in moves_of(asked))
    outcomes = Outcomes(
        {
            AT_ONCE: (gettext("Approved at the first pass"), "success"),
            LATER: (gettext("Approved after a request for information"), "attention"),
            REJECTED: (gettext("Rejected"), "danger"),
        },
        gettext("Month"),
        gettext("Claims decided"),
        gettext("First-pass rate"),
        part=frozenset({AT_ONCE}),
    )
    return by_month(asked, (one for one in decided if one), outcomes)


def _first_decision(moves: Iterable[Move]) -> tuple[datetime, str] | None:
    """Return when the claim was decided first, and how; None where nothing decided it so far.

    What its organization withdrew before was not decided.
    """
    asked = False
    for move in moves:
        asked = asked or move.step.asks
        if move.step.approves:
            return move.at, LATER if asked else AT_ONCE
        if move.step.rejects:
            return None if move.step.withdraws else (move.at, REJECTED)
    return None
