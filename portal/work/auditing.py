"""Keeps the heads of the audit's chains outside the database, and checks everything that was recorded."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from portal.audit.heads import HeadsUnreadable, keep_heads, missing_since, newer_than, read_heads
from portal.audit.model import AuditEvent
from portal.audit.recording import Finding, verify
from portal.claims.desk import Desk
from portal.claims.replaying import differences
from portal.db import db
from portal.policies.chain import policy_findings
from portal.policies.sealing import broken_seals


@dataclass(frozen=True)
class Verified:
    """What a check of the audit found.

    `newer` are chains that went on after the heads were written at `heads_at`: (subject, events);
    nothing outside the database vouches for those events yet. `note` says what could not be checked.
    """

    events: int
    findings: tuple[Finding, ...]
    newer: tuple[tuple[str, int], ...]
    heads_at: datetime | None
    note: str


def keep_audit_heads(desk: Desk) -> None:
    """Write the heads of all chains to their file; what the file knows better is logged as an error."""
    session = db.session()
    keep_heads(session, desk.settings.audit_heads_file, desk.secret, desk.clock.now())
    session.rollback()  # nothing was written; let go of what was read


def verify_audit(desk: Desk) -> Verified:
    """Check every chain, the chains against their file, and what they tell of against the tables."""
    session = db.session()
    findings = [
        *verify(session, desk.secret),
        *broken_seals(session),
        *policy_findings(session),
        *differences(session),
    ]
    count = session.scalar(select(func.count()).select_from(AuditEvent)) or 0
    path = desk.settings.audit_heads_file
    try:
        kept = read_heads(path, desk.secret)
    except HeadsUnreadable as unreadable:
        findings.append(Finding(path.name, 0, str(unreadable)))
        return Verified(count, tuple(findings), (), None, "")
    if kept is None:
        # stays English: told by `portal audit verify`
        note = f"{path} was never written, so nothing shows whether events were cut off; run `portal work`."
        return Verified(count, tuple(findings), (), None, note)
    findings += missing_since(session, kept)
    return Verified(count, tuple(findings), tuple(newer_than(session, kept)), kept.at, "")
