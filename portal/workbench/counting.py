"""How many claims are in each status, as far as the reader may know of them."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.claims.desk import Desk
from portal.claims.model import Claim
from portal.claims.queries import visible_to

# Who keeps the rules sees how many claims a change would touch, and none of the claims.
COUNTS_ALL = "policy.write"


def claims_by_status(session: Session, desk: Desk, actor: Actor) -> Mapping[str, int]:
    """Return the number of claims by status; a status without any is left out."""
    query = (
        select(Claim.status, func.count().label("number")).where(_counted(desk, actor)).group_by(Claim.status)
    )
    return {row.status: row.number for row in session.execute(query)}


def _counted(desk: Desk, actor: Actor) -> ColumnElement[bool]:
    if COUNTS_ALL in desk.policies.in_force().permissions_of(actor.roles):
        return true()
    return visible_to(desk, actor)
