"""Writes audit events and checks them again: the only module that adds to the chains."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.audit.model import AuditEvent
from portal.audit.readable import readable

# What the first event of a chain names as the hash before it.
START = ""
# Each try that fails means that another transaction added its event, so that this many of them may
# write to one subject at the same moment before one of them is turned away.
TRIES = 20

ActorOfEvent = tuple[str, str, str, int | None]


@dataclass(frozen=True)
class Finding:
    """Something in a chain that is not as it was written: where it is, and a sentence about it."""

    subject: str
    place: int
    problem: str


def record(
    session: Session,
    *,
    key: bytes,
    subject: str,
    at: datetime,
    actor: ActorOfEvent,
    action: str,
    from_status: str | None = None,
    to_status: str | None = None,
    decision_id: int | None = None,
    policy_version: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Add one event at the end of the chain of `subject`, within the caller's transaction.

    `actor` is (kind, side, name, person id), `at` is aware, and `to_status` is given only where the
    status changed. `details` must be plain JSON values; anything else raises TypeError or ValueError.
    Raises IntegrityError when other transactions took the place again and again.
    """
    kind, side, name, person_id = actor
    kept = json.loads(canonical(dict(details or {})))
    for attempt in range(1, TRIES + 1):
        place, previous = _end_of_chain(session, subject)
        event = AuditEvent(
            subject=subject,
            place=place + 1,
            at=at.astimezone(UTC),
            actor_kind=kind,
            actor_side=side,
            actor_name=name,
            actor_id=person_id,
            action=action,
            from_status=from_status,
            to_status=to_status,
            decision_id=decision_id,
            policy_version=policy_version,
            details=kept,
            previous_hash=previous,
        )
        event.hash = hash_of(event, key)
        try:
            # The savepoint keeps the caller's work when another transaction took the place first.
            with session.begin_nested():
                session.add(event)
            return event
        except IntegrityError:
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable: the last try returns or raises")


def verify(session: Session, key: bytes) -> list[Finding]:
    """Check every chain and return what is wrong with it, in order of subject and place.

    Changed, exchanged, missing and foreign events are found. Events cut off the very end of a chain
    leave no trace in it; they show against the versions of the claims and against copies of the database.
    """
    lost: list[int] = []

    def events() -> Iterator[AuditEvent]:
        order = (AuditEvent.subject, AuditEvent.place)
        for number, event in readable(session, AuditEvent, AuditEvent.id, order_by=order):
            if event is None or not _is_whole(event):
                lost.append(number)
            else:
                yield event

    return [*_findings(events(), key), *(_cannot_be_read(session, number) for number in lost)]


def verify_chain(session: Session, key: bytes, subject: str) -> list[Finding]:
    """Check the one chain of `subject`; what cannot be read raises ValueError or TypeError."""
    query = select(AuditEvent).where(AuditEvent.subject == subject).order_by(AuditEvent.place)
    return list(_findings(session.scalars(query), key))


def _is_whole(event: AuditEvent) -> bool:
    """Tell whether the row holds what an event holds; SQLite keeps anything in any column."""
    texts = (event.subject, event.hash, event.previous_hash)
    if not all(isinstance(text, str) for text in texts) or type(event.place) is not int:
        return False
    try:
        canonical(said(event))
    except (TypeError, ValueError, AttributeError, OverflowError):
        return False
    return True


def _cannot_be_read(session: Session, number: int) -> Finding:
    where = select(AuditEvent.subject, AuditEvent.place).where(AuditEvent.id == number)
    subject, place = session.execute(where).one()
    # stays English: findings are told to operators by `portal audit verify`
    return Finding(subject, place, "The event cannot be read: somebody wrote into it what no event holds.")


def _findings(rows: Iterable[AuditEvent], key: bytes) -> Iterator[Finding]:
    subject, place, previous, number = None, 0, START, 0
    for event in rows:
        if event.subject != subject:
            subject, place, previous, number = event.subject, 0, START, 0
        if event.place != place + 1:
            # stays English
            missing = f"{place + 1}" if event.place == place + 2 else f"{place + 1} to {event.place - 1}"
            # stays English
            yield Finding(event.subject, event.place, f"Before this event, place {missing} is missing.")
        elif event.previous_hash != previous:
            # stays English
            yield Finding(event.subject, event.place, "The event does not follow from the one before it.")
        elif (
            event.id <= number
        ):  # the row's number is no part of the hash; it was given in the order of places
            # stays English
            yield Finding(event.subject, event.place, "The event's row was exchanged with another.")
        if not hmac.compare_digest(hash_of(event, key).encode(), event.hash.encode()):
            # stays English
            yield Finding(event.subject, event.place, "The event is not as it was written.")
        place, previous, number = event.place, event.hash, event.id


def _end_of_chain(session: Session, subject: str) -> tuple[int, str]:
    query = select(AuditEvent.place, AuditEvent.hash).where(AuditEvent.subject == subject)
    row = session.execute(query.order_by(AuditEvent.place.desc()).limit(1)).first()
    return (row[0], row[1]) if row else (0, START)


def hash_of(event: AuditEvent, key: bytes) -> str:
    """Return the event's HMAC-SHA256 over all that it says and over the hash before it."""
    return hash_of_said(said(event), key)


def hash_of_said(said: Mapping[str, object], key: bytes) -> str:
    """Return the HMAC-SHA256 of an event that says what `said` holds, which `said()` returned once."""
    # The prefix keeps this use of the installation's secret apart from every other one.
    return hmac.new(key, b"audit:" + canonical(said).encode(), hashlib.sha256).hexdigest()


def said(event: AuditEvent) -> dict[str, object]:
    """Return all that the event says, as plain JSON values: what its hash is made of."""
    return {
        "subject": event.subject,
        "place": event.place,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": [event.actor_kind, event.actor_side, event.actor_name, event.actor_id],
        "action": event.action,
        "status": [event.from_status, event.to_status],
        "decision": event.decision_id,
        "policy": event.policy_version,
        "details": event.details,
        "previous": event.previous_hash,
    }


def canonical(value: object) -> str:
    """Return the one way to write `value` as JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
