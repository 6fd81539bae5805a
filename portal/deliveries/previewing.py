"""One message as its recipient reads it, with nothing in it that opens a door to who looks on."""

import logging
from dataclasses import dataclass

from portal.claims.desk import Desk
from portal.deliveries.masking import AsksToSignIn, masked
from portal.notifications.model import OutboxMessage
from portal.work.outbox import render_with

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Preview:
    """Subject and text of a message, both "" where it cannot be written, and its last error or ""."""

    subject: str
    text: str
    error: str
    hidden: bool  # whether links that open without signing in would be hidden


def preview(desk: Desk, message: OutboxMessage, asks_to_sign_in: AsksToSignIn) -> Preview:
    """Write `message` for the moment it was sent at, or for now, from what the portal knows today.

    Only the demo, whose people are made up, shows links that let in whoever has them.
    """
    hides = not desk.settings.demo

    def shown(text: str) -> str:
        return masked(text, desk.settings.base_url, asks_to_sign_in) if hides else text

    # A server that turns a mail away may quote the links in it.
    error = shown(message.error or "")
    try:
        written = render_with(desk)(message, message.sent_at or desk.clock.now())
    except Exception:
        # Whatever keeps a message from being written is what people open this page for.
        log.exception("a message could not be written for its page", extra={"outbox_id": message.id})
        return Preview("", "", error, hides)
    return Preview(shown(written.subject), shown(written.text), error, hides)
