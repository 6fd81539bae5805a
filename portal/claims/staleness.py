"""What happened to a claim since a form was opened, in sentences."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.model import AuditEvent
from portal.claims.desk import Desk
from portal.claims.model import Claim


def changes_since(session: Session, desk: Desk, claim: Claim, version: int) -> list[str]:
    """Return one sentence per change of the claim after `version`, oldest first."""
    rulebook = desk.rulebook_of(claim)
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.subject == f"claim:{claim.number}").order_by(AuditEvent.place)
    )
    sentences = []
    for event in events:
        if event.details.get("version", 0) <= version:
            continue
        transition = rulebook.transitions.get(event.action)
        what = transition.label if transition else event.action
        sentence = f"{event.actor_name}: {what}"
        if entered := rulebook.statuses.get(event.to_status or ""):
            sentence += f". The claim is now {entered.label}"
        sentences.append(sentence + ".")
    return sentences
