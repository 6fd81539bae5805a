"""Of which claims reports tell: partners of their own, operators of all that were ever submitted.

What is kept from a reviewer who is to judge a decision blindly is kept from their reports too.
"""

from sqlalchemy import ColumnElement, and_

from portal.accounts.actor import Actor
from portal.claims.blindness import kept_from
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.claims.queries import visible_to

READ_ALL = "reports.read_all"
READ_EARNINGS = "earnings.read"


def reported(desk: Desk, actor: Actor) -> ColumnElement[bool]:
    """Return the condition of the claims that the actor's reports are about."""
    if READ_ALL in desk.policies.in_force().permissions_of(actor.roles):
        return and_(Claim.first_submitted_at.is_not(None), ~kept_from(desk, actor))
    return visible_to(desk, actor)


def tells_earnings(desk: Desk, actor: Actor) -> bool:
    """Tell whether the actor may know what claims earned; that is no matter of reviews."""
    return READ_EARNINGS in desk.policies.in_force().permissions_of(actor.roles)
