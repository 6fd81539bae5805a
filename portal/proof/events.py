"""The chain of a claim as a pack tells it to one side: linked by hashes that everybody can count again.

The recorded chain is an HMAC over everything that an event says, which nobody outside can check, and over
numbers that the whole installation counts, so that it would differ by what other organizations do. What a
partner is given is linked anew, over what they may read.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from portal.accounts.actor import PERSON, Actor
from portal.audit.model import AuditEvent
from portal.audit.recording import canonical, said
from portal.claims.eligibility import BEFORE, OUTCOME, REASONS
from portal.claims.timeline import name_for
from portal.languages.sentences import in_english
from portal.rulebook.models import Side

START = ""  # what the first event names as the link before it
LINK, PREVIOUS, RECORDED = "link", "previous", "recorded"
# What the claim's page tells of an event, besides who, when, what and the status.
_TOLD = frozenset(
    {
        "arithmetic", "changes", "chosen", "clock", "clocks", "documents", "due_on", "extended",
        "reasons", "remove", "text",
    }
)  # fmt: skip
# What the claim's organization is told besides: no review tells what a claim earns.
_TOLD_TO_PARTNERS = frozenset({OUTCOME, BEFORE, REASONS})
# What reviewers are told besides, on the timeline and beside the claim.
_TOLD_TO_REVIEWERS = frozenset({"handed_over", "settled"})
# What the portal keeps for itself; it is in the full text of an event, which reviewers' packs hold for the
# operator's own check, and names nothing that a reviewer may not know.
_BOOKKEEPING = frozenset({"version", "sent", "settled_by", "document_id", "consent_link", "answers"})
CHANGES = "changes"


def told_events(
    events: Sequence[AuditEvent], side: Side, drafted_until: float, decisions: Mapping[int, str]
) -> list[dict[str, Any]]:
    """Return `events`, a claim's whole chain, as plain JSON values that `side` may read.

    `drafted_until` is the place of the first submission: what a draft said before it is not meant for
    reviewers. `decisions` are the pack's numbers of decisions by their ids.
    """
    reader = Actor(kind=PERSON, side=side, name="", organization_id=0)
    told: list[dict[str, Any]] = []
    previous = START
    with in_english():  # it reads the same whoever asked for it
        for event in events:
            draft = side == "operator" and event.place < drafted_until
            one = _told(event, reader, side, draft=draft, decisions=decisions)
            one[PREVIOUS] = previous
            previous = one[LINK] = link_of(one)
            told.append(one)
    return told


def link_of(told: Mapping[str, Any]) -> str:
    """Return the SHA-256 over what is told of an event and over the link before it."""
    content = {name: value for name, value in told.items() if name != LINK}
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _told(
    event: AuditEvent, reader: Actor, side: Side, *, draft: bool, decisions: Mapping[int, str]
) -> dict[str, Any]:
    one: dict[str, Any] = {
        "place": event.place,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": {"kind": event.actor_kind, "side": event.actor_side, "name": name_for(reader, event)},
        "action": event.action,
        "status": [event.from_status, event.to_status],
        "decision": decisions.get(event.decision_id) if event.decision_id is not None else None,
        "policy": event.policy_version,
        "details": _details(event.details, side, draft=draft),
    }
    if side == "operator":
        one[RECORDED] = _recorded(event, draft=draft)
    return one


def _details(details: Mapping[str, Any], side: Side, *, draft: bool) -> dict[str, Any]:
    names = _TOLD | (_TOLD_TO_REVIEWERS if side == "operator" else _TOLD_TO_PARTNERS)
    shown = {name: value for name, value in details.items() if name in names}
    if draft and CHANGES in shown:
        shown["changed"] = sorted(shown.pop(CHANGES) or {})
    return shown


def _recorded(event: AuditEvent, *, draft: bool) -> dict[str, Any]:
    """Return the event's hashes as recorded, and all that it says where reviewers may read all of it."""
    known = _TOLD | _TOLD_TO_REVIEWERS | _BOOKKEEPING
    whole = set(event.details) <= known and not (draft and CHANGES in event.details)
    return {
        "previous": event.previous_hash,
        "hash": event.hash,
        "said": said(event) if whole else None,
    }
