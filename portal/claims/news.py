"""Whether a claim's page is still as it is, and what happened to the claim since."""

import hashlib
import json

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.audit.model import AuditEvent
from portal.claims.chain import chain_of
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.claims.staleness import changes_since


def state_of(session: Session, desk: Desk, claim: Claim, reader: Actor) -> str:
    """Return what stays the same as long as the claim's page says the same to `reader`: the page's ETag.

    Everything that happens to a claim is an event of its chain. Besides, the page changes with the day
    (days left), with the policy in force (roles), and with what the reader may do and chose to see.
    """
    last = session.scalar(
        select(func.max(AuditEvent.place)).where(AuditEvent.subject == chain_of(claim.number))
    )
    seen = [
        claim.number,
        claim.version,
        last,
        desk.today().isoformat(),
        desk.policies.in_force().version,
        reader.person_id,
        sorted(reader.roles),
        reader.time_zone,
    ]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:32]


def news_since(session: Session, desk: Desk, claim: Claim, version: int | None, reader: Actor) -> list[str]:
    """Return one sentence per change of the claim after `version`; none where no page said its version."""
    if version is None or version >= claim.version:
        return []
    return changes_since(session, desk, claim, version, reader)
