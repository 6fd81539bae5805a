"""The audit chain of the policy: each version that came into force, and whether it is still as stored."""

import json
import zlib
from collections.abc import Iterator
from datetime import datetime
from itertools import dropwhile

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.model import AuditEvent
from portal.audit.recording import Finding, record
from portal.policies.model import PolicyVersion, Publication
from portal.rulebook.loading import content_version

CHAIN = "policy"
CAME_INTO_FORCE = "come_into_force"
PORTAL = ("system", "system", "Portal", None)


def record_publication(session: Session, key: bytes, version: str, at: datetime) -> None:
    """Add to the chain that `version` is in force from `at` on, within the caller's transaction."""
    record(
        session,
        key=key,
        subject=CHAIN,
        at=at,
        actor=PORTAL,
        action=CAME_INTO_FORCE,
        policy_version=version,
    )


def unpack_files(packed: bytes) -> dict[str, str]:
    """Return the rule files (path → text) of a stored version.

    Raises zlib.error or ValueError (of JSON and of UTF-8) when what is stored is damaged.
    """
    files: dict[str, str] = json.loads(zlib.decompress(packed))
    return files


def is_as_stored(row: PolicyVersion) -> bool:
    """Tell whether the files of a stored version are still those that its name was counted from."""
    try:
        return content_version(unpack_files(row.files)) == row.version
    except (zlib.error, ValueError, TypeError):
        return False


def policy_findings(session: Session) -> list[Finding]:
    """Return what is wrong with the stored versions and with the record of which was in force.

    Portals older than this chain published without it; only what came since its first event is held
    against it. Who cuts the chain itself is found by `audit.recording.verify` and by the heads' file.
    """
    return [*_changed_versions(session), *_publications_unlike(session)]


def _changed_versions(session: Session) -> Iterator[Finding]:
    for row in session.scalars(select(PolicyVersion).order_by(PolicyVersion.version)):
        if not is_as_stored(row):
            yield Finding(CHAIN, 0, f"Policy version {row.version[:12]} is not as it was stored.")


def _publications_unlike(session: Session) -> Iterator[Finding]:
    events = session.execute(
        select(AuditEvent.policy_version, AuditEvent.at)
        .where(AuditEvent.subject == CHAIN, AuditEvent.action == CAME_INTO_FORCE)
        .order_by(AuditEvent.place)
    ).all()
    rows = session.execute(select(Publication.version, Publication.at).order_by(Publication.id)).all()
    vouched = list(dropwhile(lambda row: row.at < events[0].at, rows)) if events else []
    if [tuple(row) for row in vouched] != [tuple(event) for event in events]:
        yield Finding(CHAIN, len(events), "The versions that were in force are not those of the chain.")
