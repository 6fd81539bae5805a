"""A form as it was sent, and what tells whether the same one was sent before."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import SYSTEM, Actor
from portal.audit.model import AuditEvent
from portal.claims.answers import Answers
from portal.claims.chain import chain_of
from portal.claims.model import Claim

# What a form carries besides what is given in it: that it is genuine, what it showed, and where it leads.
NOT_GIVEN = frozenset({"csrf_token", "shown", "go"})
MARK = "sent"  # under which the audit keeps the mark of the form that led to an event


@dataclass(frozen=True)
class SentForm:
    """One sending of a form. `version` is the claim's as the form showed it, None where it has none."""

    action: str
    number: str
    actor: Actor
    answers: Answers
    version: int | None = None

    @cached_property
    def hashes(self) -> tuple[str, ...]:
        """The SHA-256 of each file, in their order: all that is known of them before they are opened."""
        return tuple(hashlib.sha256(upload.content).hexdigest() for upload in self.answers.uploads)

    @cached_property
    def mark(self) -> str:
        """What tells this form from every other: action, person, version, and all that was given in it."""
        typed = self.answers.values.items()
        values = sorted((name, list(given)) for name, given in typed if name not in NOT_GIVEN)
        content = [self.action, self.actor.kind, self.actor.person_id, self.version, values, self.hashes]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def left_by(self, event: AuditEvent) -> bool:
        """Tell whether this form led to `event`."""
        return event.details.get(MARK) == self.mark


def event_of(session: Session, claim: Claim, sent: SentForm) -> AuditEvent | None:
    """Return what the same form did to the claim when it was sent before, or None.

    A customer's answer carries no version; it is the same while nothing else happened since.
    """
    by_link = 0 if sent.actor.link_id is None else 1
    since = by_link if sent.version is None else claim.version - sent.version
    events = session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.subject == chain_of(claim.number),
            AuditEvent.actor_kind != SYSTEM,
            AuditEvent.decision_id.is_not(None),  # opening a document changes no version
        )
        .order_by(AuditEvent.place.desc())
        .limit(max(since, 0))
    )
    return next((event for event in events if sent.left_by(event)), None)
