"""The audit played again: what its events say of a claim, held against what the claim's row says."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.model import AuditEvent
from portal.audit.readable import readable
from portal.audit.recording import Finding
from portal.claims.chain import PREFIX, chain_of
from portal.claims.facts import NEW
from portal.claims.lifecycle import GONE
from portal.claims.model import Claim


def differences(session: Session) -> list[Finding]:
    """Return where a claim's status or version is not what its audit leads to, by subject.

    A row that was changed by hand, a claim without events, and events of a claim that is not there
    (and was not deleted as a draft) are found.
    """
    played = _played(session)
    rows = {
        chain_of(number): (status, version)
        for number, status, version in session.execute(select(Claim.number, Claim.status, Claim.version))
    }
    return sorted(_compared(played, rows), key=lambda finding: finding.subject)


def _played(session: Session) -> dict[str, tuple[int, str, int]]:
    """Return last place, status and version of each claim, as its events lead to them."""
    of_claims, order = AuditEvent.subject.startswith(PREFIX), (AuditEvent.subject, AuditEvent.place)
    played: dict[str, tuple[int, str, int]] = {}
    for _, event in readable(session, AuditEvent, AuditEvent.id, of_claims, order_by=order):
        if event is None or not isinstance(event.details, dict):
            continue  # told by the check of the chains
        _, status, version = played.get(event.subject, (0, NEW, 0))
        version = event.details.get("version", version)
        played[event.subject] = event.place, event.to_status or status, version
    return played


def _compared(played: dict[str, tuple[int, str, int]], rows: dict[str, tuple[str, int]]) -> Iterator[Finding]:
    for subject in rows.keys() - played.keys():
        # stays English: told in a shell
        yield Finding(subject, 0, "The claim is there, but nothing of how it came about.")
    for subject, (place, status, version) in played.items():
        if subject not in rows:
            if status != GONE:
                # stays English: told in a shell
                yield Finding(subject, place, f"The claim is gone; it was last in status {status}.")
        elif rows[subject][0] != status:
            # stays English: told in a shell
            told = f"The claim is in status {rows[subject][0]}, but its audit led to {status}."
            yield Finding(subject, place, told)
        elif rows[subject][1] != version:
            # stays English: told in a shell
            told = f"The claim has version {rows[subject][1]}, but its audit led to {version}."
            yield Finding(subject, place, told)
