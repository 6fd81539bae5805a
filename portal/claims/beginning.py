"""Begins a draft within a transaction that is open: the number is the next one, the row is new."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.answers import Answers
from portal.claims.desk import Desk, Step
from portal.claims.facts import NEW
from portal.claims.lifecycle import perform
from portal.claims.model import Claim

CREATE = "create"


def begin_draft(
    session: Session,
    desk: Desk,
    number: str,
    actor: Actor,
    answers: Answers,
    details: Mapping[str, object] | None = None,
) -> Step:
    """Create the claim `number` as a draft of the actor's organization (product.md T1).

    Raises PermissionError for whoever belongs to none, and Refused and Invalid as `perform` does.
    """
    if actor.organization_id is None or actor.person_id is None:
        # stays English: no page lets this happen
        raise PermissionError("A claim is created by a person of a partner organization.")
    now = desk.clock.now()
    claim = Claim(
        number=number,
        organization_id=actor.organization_id,
        created_by_id=actor.person_id,
        created_at=now,
        changed_at=now,
        status_since=now,
        status=NEW,
        waits_for="",
        round=0,
        disputes_used=0,
        rejection_reasons=[],
        version=0,
    )
    session.add(claim)
    session.flush()
    session.refresh(claim)
    return perform(session, desk, CREATE, claim, actor, answers, details=details)
