"""Of which claims reports tell: partners of their own, operators of all that were ever submitted."""

from sqlalchemy import ColumnElement

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.claims.queries import visible_to

READ_ALL = "reports.read_all"


def reported(desk: Desk, actor: Actor) -> ColumnElement[bool]:
    """Return the condition of the claims that the actor's reports are about."""
    if READ_ALL in desk.policies.in_force().permissions_of(actor.roles):
        return Claim.first_submitted_at.is_not(None)
    return visible_to(desk, actor)
