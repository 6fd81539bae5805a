"""Seals stored decisions into the audit, so that one that was changed, taken out or put in is found."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.audit.model import AuditEvent
from portal.audit.readable import readable
from portal.audit.recording import Finding, record
from portal.policies.model import StoredDecision

PREFIX = "decision:"  # the chain beside a claim's own: refusals belong to it, which change no claim
DECIDED = "decided"
DIGEST, COLUMNS = "digest", "columns"  # in the event's details: over what the digest was made

# What was sealed before events named it.
FIRST_COLUMNS = [
    "actor",
    "at",
    "facts",
    "id",
    "outcome",
    "policy_version",
    "question",
    "roles_version",
    "rules",
    "subject",
]


def seal(session: Session, stored: StoredDecision, key: bytes) -> None:
    """Record every column of the decision in the chain of its subject, within the caller's transaction."""
    record(
        session,
        key=key,
        subject=f"{PREFIX}{stored.subject}",
        at=stored.at,
        actor=("system", "system", stored.actor, None),
        action=DECIDED,
        decision_id=stored.id,
        policy_version=stored.policy_version,
        details={DIGEST: _digest(stored, _columns()), COLUMNS: _columns()},
    )


def broken_seals(session: Session) -> list[Finding]:
    """Return where the decisions are not those that were sealed, by subject; places are the chains' own.

    Decisions from before the first that was sealed were never recorded and are not judged.
    """
    return sorted(_broken(session), key=lambda finding: (finding.subject, finding.place))


def _broken(session: Session) -> Iterator[Finding]:
    sealed, twice = _sealed(session)
    for number, subject, place in twice:
        # SQLite gives the number of the newest row that was deleted to the next one.
        # stays English: findings are told to operators by `portal audit verify`
        yield Finding(subject, place, f"Decision {number} was taken out, and another has its number.")
    first = min(sealed, default=None)
    for number, row in readable(session, StoredDecision, StoredDecision.id):
        event = sealed.pop(number, None)
        if event is not None:
            subject, place, digest, columns = event
            if row is None or digest != _digest(row, columns):
                # stays English
                yield Finding(subject, place, f"Decision {number} is not as it was stored.")
        elif first is not None and number > first:
            subject = row.subject if row else str(number)
            # stays English
            yield Finding(f"{PREFIX}{subject}", 0, f"Decision {number} was never recorded.")
    for number, (subject, place, *_) in sealed.items():
        # stays English
        yield Finding(subject, place, f"Decision {number} is gone.")


def _sealed(
    session: Session,
) -> tuple[dict[int, tuple[str, int, str, list[str]]], list[tuple[int, str, int]]]:
    """Return chain, place, digest and its columns of the newest seal of every decision, by its id.

    With them come id, chain and place of every seal that a newer one of the same id follows.
    """
    of_decisions = (AuditEvent.action == DECIDED, AuditEvent.subject.startswith(PREFIX))
    sealed: dict[int, tuple[str, int, str, list[str]]] = {}
    twice = []
    for _, event in readable(session, AuditEvent, AuditEvent.id, *of_decisions):
        if event is None or event.decision_id is None or not isinstance(event.details, dict):
            continue  # told by the check of the chains
        number, place = event.decision_id, event.place
        if number in sealed:
            twice.append((number, *sealed[number][:2]))
        digest, columns = event.details.get(DIGEST, ""), event.details.get(COLUMNS, FIRST_COLUMNS)
        sealed[number] = (event.subject, place, digest, columns)
    return sealed, twice


def _columns() -> list[str]:
    """Return every column there is: a later one belongs to no earlier seal."""
    return sorted(column.key for column in StoredDecision.__mapper__.column_attrs)


def _digest(stored: StoredDecision, names: list[str]) -> str:
    """Return the SHA-256 over the columns `names` of the row; one that is gone counts as changed."""
    said = [[name, _plain(getattr(stored, name, None))] for name in names]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
