"""Hands over what waits in the outbox: at least once, under one Message-ID, by any number of workers."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from smtplib import SMTPException

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.clock import Clock
from portal.notifications.model import OutboxMessage
from portal.notifications.rendering import Rendered
from portal.notifications.transports import Transport
from portal.notifications.writing import NoAddress, NotByItself, OutOfDate, write

log = logging.getLogger(__name__)

WAITING, SENT, FAILED, OVERTAKEN = "waiting", "sent", "failed", "overtaken"
# Not handed over by themselves, because their recipients chose so: told in the day's digest, or not at all.
GATHERED, UNWANTED = "gathered", "unwanted"
STATES = (WAITING, SENT, FAILED, OVERTAKEN, GATHERED, UNWANTED)
# So many attempts are a row, after which a message is given up; a retry by hand begins the next row.
ATTEMPTS_AT_MOST = 12
# The waits between attempts double from one minute to an hour, so that a server that is down for a
# moment costs a minute, and one that is down for an evening no mail.
WAIT_AT_MOST = timedelta(minutes=60)
# A worker that took a message and fell silent has lost it to the others after this long, which is more
# than handing over takes where the server answers at all.
LEASE = timedelta(minutes=10)
BATCH = 50

Transaction = Callable[[], AbstractContextManager[Session]]
Render = Callable[[OutboxMessage, datetime], Rendered]


@dataclass(frozen=True)
class DeliveryReport:
    """How many messages one run handed over, put off until later, gave up, and no longer had to send."""

    sent: int = 0
    put_off: int = 0
    failed: int = 0
    overtaken: int = 0


@dataclass(frozen=True)
class _Attempt:
    """One message in this worker's hands: `number` tells this attempt from every other worker's."""

    id: int
    number: int
    at: datetime


def deliver_due(
    transaction: Transaction, clock: Clock, transport: Transport, render: Render
) -> DeliveryReport:
    """Hand over every message that is due when this begins; one that fails keeps no other from its turn.

    Each attempt is three steps: the message is taken for this worker and written (`render`, within a
    transaction, for the moment of the attempt); it is handed to `transport` outside of any transaction;
    then it is marked as sent. Where a worker dies between the last two, the message is handed over once
    more, under the same Message-ID.
    """
    results: list[str] = []
    due_until = clock.now()
    while ids := _due(transaction, due_until):
        # One after the other: taken and handed over before the next is taken, so that none waits in vain.
        taken = (_take(transaction, message_id, due_until, clock.now()) for message_id in ids)
        results += [_try(transaction, attempt, transport, render) for attempt in taken if attempt]
    return DeliveryReport(*(results.count(result) for result in (SENT, WAITING, FAILED, OVERTAKEN)))


def _due(transaction: Transaction, until: datetime) -> list[int]:
    query = select(OutboxMessage.id).where(
        OutboxMessage.state == WAITING, OutboxMessage.next_attempt_at <= until
    )
    with transaction() as session:
        return list(
            session.scalars(query.order_by(OutboxMessage.next_attempt_at, OutboxMessage.id).limit(BATCH))
        )


def _take(transaction: Transaction, message_id: int, until: datetime, now: datetime) -> _Attempt | None:
    """Take the message for this worker, or return None where another one has it."""
    with transaction() as session:
        number = session.scalar(
            update(OutboxMessage)
            .where(
                OutboxMessage.id == message_id,
                OutboxMessage.state == WAITING,
                OutboxMessage.next_attempt_at <= until,
            )
            .values(
                next_attempt_at=now + LEASE,
                taken_until=now + LEASE,
                attempts=OutboxMessage.attempts + 1,
            )
            .returning(OutboxMessage.attempts)
            .execution_options(synchronize_session=False)
        )
    return _Attempt(message_id, number, now) if number else None


def _try(
    transaction: Transaction,
    attempt: _Attempt,
    transport: Transport,
    render: Render,
) -> str:
    try:
        transport.send(_written(transaction, attempt, transport, render))
    except OutOfDate as error:
        log.info("a message was overtaken and not sent", extra={"outbox_id": attempt.id})
        return _lay_down(transaction, attempt, OVERTAKEN, str(error))
    except NotByItself as error:
        return _lay_down(transaction, attempt, error.state, str(error))
    except NoAddress as error:
        return _put_off(transaction, attempt, error, last=True)
    except (OSError, SMTPException) as error:
        return _put_off(transaction, attempt, error)
    except Exception as error:
        # A message that cannot be written must not keep the others back; it is tried again like them.
        log.exception("a message could not be written", extra={"outbox_id": attempt.id})
        return _put_off(transaction, attempt, error)
    try:
        return _mark_sent(transaction, attempt)
    except Exception as error:
        log.exception("a message was sent but not marked", extra={"outbox_id": attempt.id})
        return _put_off(transaction, attempt, error)


def _written(
    transaction: Transaction, attempt: _Attempt, transport: Transport, render: Render
) -> EmailMessage:
    with transaction() as session:
        message = session.get_one(OutboxMessage, attempt.id)
        try:
            return write(message, render(message, attempt.at), transport.sender, attempt.at)
        except NotByItself as error:
            not_sent = error  # what was written on the way to it, as who is told instead, is kept
    raise not_sent


def _mark_sent(transaction: Transaction, attempt: _Attempt) -> str:
    with transaction() as session:
        # Also where another worker has it by now: the mail is over there, and one of the two marks it.
        message = _waiting(session, attempt.id)
        if message is None:
            return SENT
        message.state, message.sent_at, message.error = SENT, attempt.at, None
        message.taken_until = None
    return SENT


def _put_off(transaction: Transaction, attempt: _Attempt, error: Exception, *, last: bool = False) -> str:
    """Let the message wait for its next attempt, or give it up after the last.

    The log names the kind of failure alone, for what a server answers may hold addresses.
    """
    given_up = last or attempt.number % ATTEMPTS_AT_MOST == 0
    level = logging.ERROR if given_up else logging.WARNING
    kind = type(error).__name__
    known = {"outbox_id": attempt.id, "attempt": attempt.number, "failure": kind}
    # stays English: a line of the log
    log.log(level, "mail was not handed over", extra=known)
    why = str(error) if last else f"{kind}: {error}"
    return _lay_down(transaction, attempt, FAILED if given_up else WAITING, why)


def _lay_down(transaction: Transaction, attempt: _Attempt, state: str, why: str) -> str:
    """Leave the message in `state`, unless another worker has it by now; return the state that it is in."""
    with transaction() as session:
        message = _waiting(session, attempt.id)
        if message is None or message.attempts != attempt.number:
            return WAITING
        message.state = state
        message.next_attempt_at = attempt.at + wait_after(attempt.number)
        message.taken_until = None
        message.error = why[:500]
    return state


def _waiting(session: Session, message_id: int) -> OutboxMessage | None:
    """Return the message, locked, if nobody has marked it as sent or failed."""
    query = select(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.state == WAITING)
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def wait_after(attempts: int) -> timedelta:
    """Return how long a message waits after attempt `attempts` (from 1) failed: 1, 2, 4, … 60 minutes.

    Each row of attempts begins with the shortest wait again.
    """
    return min(timedelta(minutes=2 ** ((attempts - 1) % ATTEMPTS_AT_MOST)), WAIT_AT_MOST)
