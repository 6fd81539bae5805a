"""Puts a message into the line again by hand: only one that nobody is sending and that was not sent."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import Clock
from portal.languages.sentences import gettext, lazy_gettext
from portal.notifications.delivery import FAILED, GATHERED, OVERTAKEN, SENT, UNWANTED, WAITING
from portal.notifications.model import OutboxMessage

# What its recipient chose is not undone by somebody else.
CHOSEN = {
    GATHERED: lazy_gettext(
        "The recipient chose to get messages like this in a daily digest, a message of its own."
    ),
    UNWANTED: lazy_gettext("The recipient chose not to get messages like this, so it was not sent."),
}


class NotRetried(Exception):
    """The message cannot be put into the line; the exception's text says why and what to do."""


def put_into_line(session: Session, message: OutboxMessage, clock: Clock) -> datetime:
    """Make `message` due now, under its Message-ID, in the caller's transaction; return that moment.

    The row is locked and read anew first: of two retries, or of a retry and the worker that takes the
    message, the later one finds what the earlier left. Raises NotRetried.
    """
    query = select(OutboxMessage).where(OutboxMessage.id == message.id)
    session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()
    now = clock.now()  # read after the wait for the lock: never earlier than what others left
    if why := why_not(message, now):
        raise NotRetried(why)
    message.state, message.next_attempt_at = WAITING, now
    return now


def why_not(message: OutboxMessage, now: datetime) -> str:
    """Return the sentences that say why `message` cannot be retried at `now`; "" where it can be."""
    if message.state == SENT:
        return gettext(
            "The message was sent already, so it is not sent again. Ask the recipient to look for it."
        )
    if is_overtaken(message):
        return gettext("What the message says is no longer so, so it was not sent and is not sent any more.")
    if message.state in CHOSEN:
        return str(CHOSEN[message.state])
    if in_hand(message, now):
        return gettext(
            "The message is being sent at this moment; another try would send it twice. "
            "Load the page anew in a few minutes to see what came of it."
        )
    if in_line(message, now):
        return gettext(
            "The message is in the line already and is tried at the next turn of the worker. "
            "Load the page anew in a minute to see what came of it."
        )
    return ""


def in_hand(message: OutboxMessage, now: datetime) -> bool:
    """Tell whether a worker has the message. One that fell silent has lost it when its time is over."""
    taken_until = message.taken_until
    return message.state == WAITING and taken_until is not None and taken_until > now


def in_line(message: OutboxMessage, now: datetime) -> bool:
    """Tell whether the message is taken by the next worker that looks."""
    return message.state == WAITING and message.next_attempt_at <= now


def is_overtaken(message: OutboxMessage) -> bool:
    """Tell whether the message was not sent because its time was over before its turn came."""
    return message.state == OVERTAKEN


def is_given_up(message: OutboxMessage) -> bool:
    """Tell whether no further attempt is made unless somebody asks for it."""
    return message.state == FAILED
