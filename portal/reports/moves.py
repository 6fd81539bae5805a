"""What happened to the claims of a report, and what each move was, as the rule files declare it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, false, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.audit.model import AuditEvent
from portal.claims.chain import PREFIX
from portal.claims.disputes import is_dispute
from portal.claims.model import Claim
from portal.claims.units import ASSOCIATION
from portal.policies.versions import Policies
from portal.reports.scope import reported, told
from portal.reports.shapes import Asked
from portal.rulebook.models import Transition
from portal.rulebook.rulebook import Rulebook

# The effects by which an action is what a report counts.
OPEN_REQUEST, RECORD_REASONS = "open_request", "record_reasons"
RECORD_AGREEMENT, RECORD_DECLINE = "record_agreement", "record_decline"
PARTNER = "partner"  # a side of models.Side
NOTHING: ColumnElement[bool] = false()
# Among changes of status: when the claim left the status that it entered, None where it is still there.
LEFT_AT = (
    func.lead(AuditEvent.at, type_=AuditEvent.at.type)
    .over(partition_by=AuditEvent.subject, order_by=AuditEvent.place)
    .label("left_at")
)


@dataclass(frozen=True)
class Step:
    """What a move was under the policy that decided it; `to_status` is None where the status stayed.

    All claims that went the same step have one, which so is judged once.
    """

    action: str
    from_status: str | None
    to_status: str | None
    rulebook: Rulebook

    @cached_property
    def transition(self) -> Transition | None:
        return self.rulebook.transitions.get(self.action)

    @cached_property
    def effects(self) -> Iterable[str]:
        return self.transition.effects if self.transition else ()

    @cached_property
    def approves(self) -> bool:
        """It began an association."""
        return self._keeps(self.to_status) and not self._keeps(self.from_status)

    @cached_property
    def asks(self) -> bool:
        """It asked the partner for information."""
        return OPEN_REQUEST in self.effects

    @cached_property
    def rejects(self) -> bool:
        """It gave the claim a reason to be rejected, whoever did it."""
        given = self.transition is not None and self.transition.reason is not None
        return self.to_status is not None and (given or RECORD_REASONS in self.effects)

    @cached_property
    def withdraws(self) -> bool:
        """The partner ended the claim."""
        by = self.transition.by if self.transition else ""
        return self.rejects and any(
            self.rulebook.side_of(role) == PARTNER for role in self.rulebook.roles_with(by)
        )

    @cached_property
    def disputes(self) -> bool:
        """It disputed a rejection."""
        return self.transition is not None and is_dispute(self.transition)

    @cached_property
    def agrees(self) -> bool:
        """The customer agreed."""
        return RECORD_AGREEMENT in self.effects

    @cached_property
    def declines(self) -> bool:
        """The customer declined."""
        return RECORD_DECLINE in self.effects

    def _keeps(self, status: str | None) -> bool:
        known = self.rulebook.statuses.get(status or "")
        return known is not None and ASSOCIATION in known.keeps


class Move(NamedTuple):
    """A claim went a step."""

    claim_id: int
    at: datetime
    step: Step


def happened(asked: Asked, *columns: ColumnElement[Any] | InstrumentedAttribute[Any]) -> Select[Any]:
    """Return the select of columns of every event that a report may tell of, and of its claim."""
    return (
        select(*columns)
        .join(Claim, AuditEvent.subject == literal(PREFIX) + Claim.number)
        .where(reported(asked.desk, asked.actor), told(asked.desk, asked.actor))
    )


def label_of(rulebook: Rulebook, status: str) -> str:
    """Return what a status was called in a policy."""
    known = rulebook.statuses.get(status)
    return known.label if known else status


class _Steps(dict[tuple[str, str | None, str | None, str | None], Step]):
    """The steps by action, both statuses and the version of the policy."""

    def __init__(self, policies: Policies) -> None:
        super().__init__()
        self._policies = policies

    def __missing__(self, key: tuple[str, str | None, str | None, str | None]) -> Step:
        action, from_status, to_status, version = key
        self[key] = Step(action, from_status, to_status, self._policies.pinned(version))
        return self[key]


def moves_of(
    asked: Asked, *which: ColumnElement[bool], besides: ColumnElement[bool] = NOTHING
) -> Iterator[list[Move]]:
    """Yield of each claim every change of its status, in order, and the events that `besides` holds for.

    Each is judged by the policy that it was decided under. Only claims and events that `which` holds for are
    read.
    """
    event = AuditEvent
    step = event.action, event.from_status, event.to_status, event.policy_version
    query = (
        happened(asked, Claim.id, event.at, *step)
        .where(or_(event.to_status.is_not(None), besides), *which)
        .order_by(Claim.id, event.place)
    )
    steps = _Steps(asked.desk.policies)
    for _, rows in groupby(asked.session.execute(query), key=itemgetter(0)):
        yield [Move(claim_id, at, steps[tuple(step)]) for claim_id, at, *step in rows]
