"""The stays of claims in their statuses, and the deadlines that ran meanwhile, as they were stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, or_, select

from portal.audit.model import AuditEvent
from portal.claims.clock_states import ENDED, RUNNING, STOPPED
from portal.claims.clocks import runs_in
from portal.claims.model import Claim, ClaimClock
from portal.reports.months import lasting
from portal.reports.moves import LEFT_AT, happened
from portal.reports.scope import reported
from portal.reports.shapes import Asked
from portal.rulebook.rulebook import Rulebook


class Stay(NamedTuple):
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
class Deadlines:
    """How many deadlines of claims under way were met or missed in a month, and whose they were.

    `mover` is one of models.Mover. A deadline is met in the month in which the claim moved on, and missed in
    that of the last moment at which it could have been met.
    """

    month: str
    mover: str
    missed: bool
    number: int


def stays(asked: Asked) -> Iterator[Stay]:
    """Yield every stay of every claim in a status that the claim's policy calls open."""
    event, clock = AuditEvent, ClaimClock
    # The end of the clock that began in the same moment, the first of several.
    due_at = (
        select(func.min(clock.due_at, type_=clock.due_at.type))
        .where(clock.claim_id == Claim.id, clock.created_at == event.at)
        .scalar_subquery()
    )
    query = happened(asked, event.policy_version, event.to_status, event.at, LEFT_AT, due_at)
    labels: dict[tuple[str | None, str], str | None] = {}  # of open statuses alone
    for version, status, *moments in asked.session.execute(query.where(event.to_status.is_not(None))):
        if (version, status) not in labels:
            known = asked.desk.policies.pinned(version).statuses.get(status)
            labels[version, status] = known.label if known and known.open else None
        if (label := labels[version, status]) is not None:
            yield Stay(status, label, *moments)


def deadlines(asked: Asked) -> Iterator[Deadlines]:
    """Yield how many deadlines were met or missed in each of the last months while a claim was under way.

    One is met when the claim leaves the status before its end, and missed when the end comes first.
    """
    clock, now = ClaimClock, asked.desk.clock.now()
    met = and_(clock.state == STOPPED, clock.ended_at.is_not(None))
    missed = or_(clock.state == ENDED, and_(clock.state == RUNNING, clock.due_at <= now))
    counted = [
        (month, late, func.count().filter(there))
        for month, begin, end in lasting(asked.today, asked.zone)
        for late, there in (
            (False, and_(met, clock.ended_at >= begin, clock.ended_at < end)),
            (True, and_(missed, clock.due_at > begin, clock.due_at <= end)),
        )
    ]
    query = (
        select(Claim.policy_version, clock.clock, *(number for _, _, number in counted))
        .join(Claim, Claim.id == clock.claim_id)
        .where(clock.due_at.is_not(None), or_(met, missed), reported(asked.desk, asked.actor))
        .group_by(Claim.policy_version, clock.clock)
    )
    for version, code, *numbers in asked.session.execute(query):
        mover = _mover(asked.desk.policies.pinned(version), code)
        for (month, late, _), number in zip(counted, numbers, strict=True):
            if mover is not None and number:
                yield Deadlines(month, mover, late, number)


def _mover(rulebook: Rulebook, clock: str) -> str | None:
    """Return whose deadline `clock` is; None for one after which a right ends and nobody is late."""
    rule = rulebook.clocks.get(clock)
    obliged = [
        row.waits_for for code, row in rulebook.statuses.items() if rule and row.open and runs_in(rule, code)
    ]
    return (rule.waits_for if rule else None) or obliged[0] if obliged else None
