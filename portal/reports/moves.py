"""What happened to the claims of a report, and what each move was, as the rule files declare it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, literal, or_, select

from portal.audit.model import AuditEvent
from portal.claims.chain import PREFIX
from portal.claims.disputes import is_dispute
from portal.claims.model import Claim
from portal.claims.units import ASSOCIATION
from portal.reports.scope import reported, told
from portal.reports.shapes import Asked
from portal.rulebook.models import Transition
from portal.rulebook.rulebook import Rulebook

# The effects by which an action is what a report counts.
OPEN_REQUEST, RECORD_REASONS = "open_request", "record_reasons"
RECORD_AGREEMENT, RECORD_DECLINE = "record_agreement", "record_decline"
PARTNER = "partner"  # a side of models.Side
NOTHING: ColumnElement[bool] = false()


@dataclass(frozen=True)
class Move:
    """One step of a claim under the policy that decided it; `to_status` is None where the status stayed."""

    claim_id: int
    at: datetime
    action: str
    from_status: str | None
    to_status: str | None
    rulebook: Rulebook

    @property
    def transition(self) -> Transition | None:
        return self.rulebook.transitions.get(self.action)

    @property
    def to_label(self) -> str:
        """What the status that it led into was called then."""
        known = self.rulebook.statuses.get(self.to_status or "")
        return known.label if known else self.to_status or ""

    @property
    def effects(self) -> Iterable[str]:
        return self.transition.effects if self.transition else ()

    @property
    def approves(self) -> bool:
        """It began an association."""
        return self._keeps(self.to_status) and not self._keeps(self.from_status)

    @property
    def asks(self) -> bool:
        """It asked the partner for information."""
        return OPEN_REQUEST in self.effects

    @property
    def rejects(self) -> bool:
        """It gave the claim a reason to be rejected, whoever did it."""
        given = self.transition is not None and self.transition.reason is not None
        return self.to_status is not None and (given or RECORD_REASONS in self.effects)

    @property
    def withdraws(self) -> bool:
        """The partner ended the claim."""
        by = self.transition.by if self.transition else ""
        return self.rejects and any(
            self.rulebook.side_of(role) == PARTNER for role in self.rulebook.roles_with(by)
        )

    @property
    def disputes(self) -> bool:
        """It disputed a rejection."""
        return self.transition is not None and is_dispute(self.transition)

    @property
    def agrees(self) -> bool:
        """The customer agreed."""
        return RECORD_AGREEMENT in self.effects

    @property
    def declines(self) -> bool:
        """The customer declined."""
        return RECORD_DECLINE in self.effects

    @property
    def leads_on(self) -> bool:
        """It led into a status in which a claim is under way."""
        known = self.rulebook.statuses.get(self.to_status or "")
        return known is not None and known.open

    def _keeps(self, status: str | None) -> bool:
        known = self.rulebook.statuses.get(status or "")
        return known is not None and ASSOCIATION in known.keeps


def moves_of(asked: Asked, besides: ColumnElement[bool] = NOTHING) -> list[list[Move]]:
    """Return every change of status of each claim in its order, and the events that `besides` holds for.

    Each is judged by the policy that it was decided under.
    """
    query = (
        select(
            AuditEvent.subject,
            Claim.id,
            AuditEvent.at,
            AuditEvent.action,
            AuditEvent.from_status,
            AuditEvent.to_status,
            AuditEvent.policy_version,
        )
        .join(Claim, AuditEvent.subject == literal(PREFIX) + Claim.number)
        .where(
            or_(AuditEvent.to_status.is_not(None), besides),
            reported(asked.desk, asked.actor),
            told(asked.desk, asked.actor),
        )
        .order_by(AuditEvent.subject, AuditEvent.place)
    )
    rulebooks: dict[str | None, Rulebook] = {}
    found: dict[str, list[Move]] = {}
    for subject, claim_id, at, action, from_status, to_status, version in asked.session.execute(query):
        if version not in rulebooks:
            rulebooks[version] = asked.desk.policies.pinned(version)
        move = Move(claim_id, at, action, from_status, to_status, rulebooks[version])
        found.setdefault(subject, []).append(move)
    return list(found.values())
