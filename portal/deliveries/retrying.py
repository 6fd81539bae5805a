"""Somebody sends a message again that was not sent: the message and the audit change together."""

from portal.accounts.actor import Actor
from portal.accounts.organization_chain import record_for_organization
from portal.claims.chain import record_event
from portal.claims.desk import Desk
from portal.claims.refusals import NotThere
from portal.db import transaction
from portal.deliveries.queries import find_message
from portal.notifications.retrying import put_into_line

RETRIED = "mail_retried"


def retry(desk: Desk, message_id: int, actor: Actor) -> None:
    """Put a message that was given up, or that waits for its next try, into the line at once.

    It keeps its Message-ID. Who did it when goes into the chain of the claim that the message is about,
    of any other message into that of the actor's organization. Raises NotThere, and NotRetried for a
    message that was sent, is being sent or is in the line.
    """
    if actor.organization_id is None:
        raise NotThere
    with transaction() as session:
        message, claim = find_message(session, message_id)
        now = put_into_line(session, message, desk.clock)
        details = {"message": message.message_id, "recipient": message.recipient, "about": message.event}
        if claim:
            record_event(session, desk, claim, actor, RETRIED, now, details=details)
        else:
            record_for_organization(session, desk.secret, actor.organization_id, actor, RETRIED, now, details)
    desk.committed()
