"""The ends of all chains, kept in a file outside the database, so that what is cut off there is missed."""

import hmac
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.audit.model import AuditEvent
from portal.audit.recording import Finding

log = logging.getLogger(__name__)

Head = tuple[int, str]  # place and hash of a chain's last event


class HeadsUnreadable(Exception):
    """The file of heads is damaged or was written with another key; the message says what to do."""


@dataclass(frozen=True)
class Heads:
    """The last event of each chain, by subject, as they were at the moment `at`."""

    at: datetime
    of: Mapping[str, Head]


def read_heads(path: Path, key: bytes) -> Heads | None:
    """Return the heads as they were last written, None where they never were. Raises HeadsUnreadable."""
    if not path.exists():
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        heads = {subject: (int(place), str(digest)) for subject, (place, digest) in kept["heads"].items()}
        at, mac = datetime.fromisoformat(kept["at"]), str(kept["mac"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # stays English: told to operators by `portal audit verify`, as those below
        raise HeadsUnreadable(f"{path} cannot be read ({error}); restore it from a backup.") from None
    if not hmac.compare_digest(_mac(at, heads, key), mac):
        # stays English
        raise HeadsUnreadable(f"{path} was changed, or written with another key; restore it from a backup.")
    return Heads(at, heads)


def keep_heads(session: Session, path: Path, key: bytes, now: datetime) -> list[Finding]:
    """Write the heads of all chains to `path`, whole or not at all; return what the file knows better.

    A chain that ends before its head in the file, or goes another way, keeps its old head there: what
    was cut off must not be forgotten a minute later. Raises HeadsUnreadable, and writes nothing then.
    """
    kept = read_heads(path, key)
    missing = missing_since(session, kept) if kept else []
    held = {finding.subject for finding in missing}
    heads = current_heads(session)
    if kept is not None:
        heads |= {subject: kept.of[subject] for subject in held}
    _write(path, json.dumps({"at": now.isoformat(), "heads": heads, "mac": _mac(now, heads, key)}))
    for finding in missing:
        log.error("an audit chain lost events", extra={"subject": finding.subject, "place": finding.place})
    return missing


def current_heads(session: Session) -> dict[str, Head]:
    """Return the last event of every chain in the database."""
    last = select(AuditEvent.subject, func.max(AuditEvent.place).label("place")).group_by(AuditEvent.subject)
    ends = last.subquery()
    query = select(AuditEvent.subject, AuditEvent.place, AuditEvent.hash).join(
        ends, (ends.c.subject == AuditEvent.subject) & (ends.c.place == AuditEvent.place)
    )
    return {subject: (place, digest) for subject, place, digest in session.execute(query)}


def missing_since(session: Session, kept: Heads) -> list[Finding]:
    """Return a finding for each chain in which the event that was its head is not there any more."""
    heads = current_heads(session)
    found = []
    for subject, head in sorted(kept.of.items()):
        if heads.get(subject) != head and not _has(session, subject, head):
            when = f"{kept.at:%Y-%m-%d %H:%M %Z}"
            # stays English
            sentence = f"The chain had {head[0]} events at {when}; the last of them is not there."
            found.append(Finding(subject, head[0], sentence))
    return found


def _has(session: Session, subject: str, head: Head) -> bool:
    query = select(AuditEvent.hash).where(AuditEvent.subject == subject, AuditEvent.place == head[0])
    return session.scalar(query) == head[1]


def newer_than(session: Session, kept: Heads) -> list[tuple[str, int]]:
    """Return (subject, number of events) of each chain that went on after the heads were written."""
    heads = current_heads(session)
    return [
        (subject, place - kept.of.get(subject, (0, ""))[0])
        for subject, (place, _) in sorted(heads.items())
        if place > kept.of.get(subject, (0, ""))[0]
    ]


def _mac(at: datetime, heads: Mapping[str, Head], key: bytes) -> str:
    said = json.dumps([at.isoformat(), sorted((name, *head) for name, head in heads.items())])
    return hmac.new(key, b"audit-heads:" + said.encode(), sha256).hexdigest()


def _write(path: Path, text: str) -> None:
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
