"""What customers answered to the associations that they were told of."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import select

from portal.accounts.actor import CUSTOMER
from portal.audit.model import AuditEvent
from portal.claims.model import Association, Claim
from portal.languages.sentences import gettext
from portal.reports.by_month import Outcomes, by_month
from portal.reports.months import since
from portal.reports.moves import Move, moves_of
from portal.reports.shapes import Asked, Report

DECLINED, AGREED, SILENT = "declined", "agreed", "silent"


def declines(asked: Asked) -> Report:
    """Count each approval in its month, by what the customer answered to it last."""
    lately = AuditEvent.at >= since(asked.today, asked.zone)
    associated = Claim.id.in_(select(Association.claim_id))
    moves = moves_of(asked, lately, associated, besides=AuditEvent.actor_kind == CUSTOMER)
    answers = (answer for one in moves for answer in _answers(one))
    outcomes = Outcomes(
        {
            DECLINED: (gettext("Declined"), "danger"),
            AGREED: (gettext("Agreed"), "success"),
            SILENT: (gettext("No answer"), "neutral"),
        },
        gettext("Month of the approval"),
        gettext("Approvals"),
        gettext("Share declined"),
        part=frozenset({DECLINED}),
    )
    return by_month(asked, answers, outcomes)


def _answers(moves: Iterable[Move]) -> Iterator[tuple[datetime, str]]:
    """Yield when a claim was approved, each time, and what the customer answered before that ended."""
    approved_at, answer = None, SILENT
    for move in moves:
        if move.step.approves:
            approved_at, answer = move.at, SILENT
        elif approved_at is not None:
            answer = DECLINED if move.step.declines else AGREED if move.step.agrees else answer
            if move.step.to_status is not None:
                yield approved_at, answer
                approved_at = None
    if approved_at is not None:
        yield approved_at, answer
