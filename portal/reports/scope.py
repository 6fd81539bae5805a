"""Of which claims reports tell: partners of their own, operators of all that were ever submitted."""

from sqlalchemy import ColumnElement, true

from portal.accounts.actor import Actor
from portal.audit.model import AuditEvent
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.claims.queries import visible_to

READ_ALL = "reports.read_all"
READ_EARNINGS = "earnings.read"


def reported(desk: Desk, actor: Actor) -> ColumnElement[bool]:
    """Return the condition of the claims that the actor's reports are about."""
    if _reads_all(desk, actor):
        return Claim.first_submitted_at.is_not(None)
    return visible_to(desk, actor)


def told(desk: Desk, actor: Actor) -> ColumnElement[bool]:
    """Return the condition of the events of a claim that the actor's reports are about.

    What happened to a claim before it was first submitted is its organization's alone.
    """
    return AuditEvent.at >= Claim.first_submitted_at if _reads_all(desk, actor) else true()


def tells_earnings(desk: Desk, actor: Actor) -> bool:
    """Tell whether the actor may know what claims earned; that is no matter of reviews."""
    return READ_EARNINGS in desk.policies.in_force().permissions_of(actor.roles)


def _reads_all(desk: Desk, actor: Actor) -> bool:
    return READ_ALL in desk.policies.in_force().permissions_of(actor.roles)
