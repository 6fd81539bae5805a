"""The audit chain of the policy: each version that came into force, and whether it is still as stored."""

import json
import zlib
from collections.abc import Iterator
from datetime import datetime
from itertools import dropwhile

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.model import AuditEvent
from portal.audit.readable import readable
from portal.audit.recording import Finding, record
from portal.policies.model import PolicyVersion, Publication, StoredDecision
from portal.rulebook.loading import content_version

CHAIN = "policy"
CAME_INTO_FORCE = "come_into_force"
# stays English: it stands in the audit
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


def is_as_stored(version: str, files: bytes) -> bool:
    """Tell whether the packed files of a stored version are still those that its name was counted from."""
    try:
        return content_version(unpack_files(files)) == version
    except (zlib.error, ValueError, TypeError):
        return False


def policy_findings(session: Session) -> list[Finding]:
    """Return what is wrong with the stored versions and with the record of which was in force.

    Portals older than this chain published without it; only what came since its first event is held
    against it. Who cuts the chain itself is found by `audit.recording.verify` and by the heads' file.
    """
    return [*_changed_versions(session), *_gone_versions(session), *_publications_unlike(session)]


def _changed_versions(session: Session) -> Iterator[Finding]:
    # Only what the name was counted from is read, so that another column that was garbled hides nothing.
    columns = select(PolicyVersion.version, PolicyVersion.files).order_by(PolicyVersion.version)
    for row in session.execute(columns):
        if not is_as_stored(row.version, row.files):
            # stays English: findings are told to operators by `portal audit verify`
            yield Finding(CHAIN, 0, f"Policy version {row.version[:12]} is not as it was stored.")


def _gone_versions(session: Session) -> Iterator[Finding]:
    """Tell of versions that something was decided under, or that were in force, and that are not there."""
    stored = set(session.scalars(select(PolicyVersion.version)))
    columns = (Publication.version, StoredDecision.policy_version, StoredDecision.roles_version)
    named = {version for column in columns for version in session.scalars(select(column).distinct())}
    for version in sorted(named - stored):
        # stays English
        yield Finding(CHAIN, 0, f"Policy version {version[:12]} is gone; restore it from a backup.")


def _publications_unlike(session: Session) -> Iterator[Finding]:
    of_chain = (AuditEvent.subject == CHAIN, AuditEvent.action == CAME_INTO_FORCE)
    found = readable(session, AuditEvent, AuditEvent.id, *of_chain, order_by=(AuditEvent.place,))
    events = [(event.policy_version, event.at) for _, event in found if event is not None]
    kept = readable(session, Publication, Publication.id)
    rows = [(row.version, row.at) for _, row in kept if row is not None]
    vouched = list(dropwhile(lambda row: row[1] < events[0][1], rows)) if events else []
    if vouched != events:
        # stays English
        yield Finding(CHAIN, len(events), "The versions that were in force are not those of the chain.")
