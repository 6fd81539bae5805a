"""The stays of claims in their statuses, and the deadlines that ran meanwhile, as they were stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select

from portal.claims.clock_states import ENDED, RUNNING, STOPPED
from portal.claims.clocks import runs_in
from portal.claims.model import Claim, ClaimClock
from portal.reports.moves import moves_of
from portal.reports.scope import reported
from portal.reports.shapes import Asked
from portal.rulebook.rulebook import Rulebook


@dataclass(frozen=True)
class Stay:
    """A claim was in a status in which it is under way; `ended_at` is None while it still is.

    `label` is what the status was called when it began. `due_at` is the first moment after its deadline, None
    where none ran.
    """

    status: str
    label: str
    began_at: datetime
    ended_at: datetime | None
    due_at: datetime | None

    def late_at(self, moment: datetime) -> bool:
        """Tell whether its deadline had ended at a moment."""
        return self.due_at is not None and moment >= self.due_at


@dataclass(frozen=True)
class Deadline:
    """A deadline of a claim under way that was met or missed, and whose it was (one of models.Mover).

    `at` is the moment at which it was met; of a missed one the last moment at which it could have been.
    """

    at: datetime
    mover: str
    missed: bool


def stays(asked: Asked) -> Iterator[Stay]:
    """Yield every stay of every claim in a status that the claim's policy calls open."""
    due = _due(asked)
    for moves in moves_of(asked):
        for move, following in pairwise([*moves, None]):
            if move is not None and move.leads_on:
                ended_at = following.at if following else None
                due_at = due.get((move.claim_id, move.at))
                yield Stay(move.to_status or "", move.to_label, move.at, ended_at, due_at)


def _due(asked: Asked) -> Mapping[tuple[int, datetime], datetime]:
    """Return by claim and beginning the stored end of the clock that began there, the first of several."""
    query = (
        select(ClaimClock.claim_id, ClaimClock.created_at, ClaimClock.due_at)
        .join(Claim, Claim.id == ClaimClock.claim_id)
        .where(ClaimClock.due_at.is_not(None), reported(asked.desk, asked.actor))
        .order_by(ClaimClock.due_at.desc())
    )
    return {(claim_id, began): due for claim_id, began, due in asked.session.execute(query) if due}


def deadlines(asked: Asked) -> Iterator[Deadline]:
    """Yield every deadline that was met or missed while a claim was under way.

    It is met when the claim leaves the status before its end, and missed when the end comes first.
    """
    now = asked.desk.clock.now()
    query = (
        select(
            ClaimClock.clock, ClaimClock.state, ClaimClock.due_at, ClaimClock.ended_at, Claim.policy_version
        )
        .join(Claim, Claim.id == ClaimClock.claim_id)
        .where(ClaimClock.due_at.is_not(None), reported(asked.desk, asked.actor))
    )
    for clock, state, due_at, ended_at, version in asked.session.execute(query):
        mover = _mover(asked.desk.policies.pinned(version), clock)
        if mover is None or due_at is None:
            continue
        if state == STOPPED and ended_at is not None:
            yield Deadline(ended_at, mover, missed=False)
        elif state == ENDED or (state == RUNNING and due_at <= now):
            yield Deadline(due_at - datetime.resolution, mover, missed=True)


def _mover(rulebook: Rulebook, clock: str) -> str | None:
    """Return whose deadline `clock` is; None for one after which a right ends and nobody is late."""
    rule = rulebook.clocks.get(clock)
    obliged = [
        row.waits_for for code, row in rulebook.statuses.items() if rule and row.open and runs_in(rule, code)
    ]
    return (rule.waits_for if rule else None) or obliged[0] if obliged else None
