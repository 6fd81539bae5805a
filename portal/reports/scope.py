"""Of which claims reports tell: partners of their own, operators of all that were ever submitted.

What is kept from a reviewer who is to judge a decision blindly is kept from their reports too.
"""

from sqlalchemy import ColumnElement, and_, true

from portal.accounts.actor import Actor
from portal.audit.model import AuditEvent
from portal.claims.blindness import kept_from
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.claims.queries import visible_to

READ_ALL = "reports.read_all"
READ_EARNINGS, READ_ALL_EARNINGS = "earnings.read", "earnings.read_all"


def reported(desk: Desk, actor: Actor) -> ColumnElement[bool]:
    """Return the condition of the claims that the actor's reports are about."""
    if reads_all(desk, actor):
        return and_(Claim.first_submitted_at.is_not(None), ~kept_from(desk, actor))
    return visible_to(desk, actor)


def told(desk: Desk, actor: Actor) -> ColumnElement[bool]:
    """Return the condition of the events of a claim that the actor's reports are about.

    What happened to a claim before it was first submitted is its organization's alone.
    """
    return AuditEvent.at >= Claim.first_submitted_at if reads_all(desk, actor) else true()


def tells_earnings(desk: Desk, actor: Actor) -> bool:
    """Tell whether the actor may know what the claims earned that they read of; no reviewer needs to."""
    needed = READ_ALL_EARNINGS if reads_all(desk, actor) else READ_EARNINGS
    return needed in desk.policies.in_force().permissions_of(actor.roles)


def reads_all(desk: Desk, actor: Actor) -> bool:
    """Tell whether the actor's reports are about the claims of every organization."""
    return READ_ALL in desk.policies.in_force().permissions_of(actor.roles)
