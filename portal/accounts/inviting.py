"""How many may be invited: nobody floods strangers with mail in the portal's name."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.entrance import Entrance
from portal.accounts.organization_chain import organization_chain, record_for_organization
from portal.audit.model import AuditEvent
from portal.db import transaction
from portal.languages.sentences import ngettext

INVITED, INVITED_AGAIN = "person_invited", "person_invited_again"  # the audit's actions
REFUSED = "invitation_refused"  # for an address that has an account: nobody finds out about many


def note_refused(entrance: Entrance, organization_id: int, actor: Actor) -> None:
    """Record that somebody was told that an address has an account; it counts as an invitation."""
    with transaction() as session:
        record_for_organization(
            session, entrance.secret, organization_id, actor, REFUSED, entrance.clock.now(), {}
        )


def too_many_invited(session: Session, entrance: Entrance, organization_id: int) -> str:
    """Say that the organization invited as many as it may within an hour; "" where it did not.

    The audit is what counts them, because an invitation that was withdrawn was mailed all the same.
    """
    most = entrance.settings.invitations_per_hour
    lately = select(func.count()).where(
        AuditEvent.subject == organization_chain(organization_id),
        AuditEvent.action.in_((INVITED, INVITED_AGAIN, REFUSED)),
        AuditEvent.at > entrance.clock.now() - timedelta(hours=1),
    )
    if (session.scalar(lately) or 0) < most:
        return ""
    return ngettext(
        "%(num)s person was invited within an hour, which is the most. Invite more later.",
        "%(num)s people were invited within an hour, which is the most. Invite more later.",
        most,
    )
