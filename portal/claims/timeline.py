"""The story of a claim from its audit events, told to the side that reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import PERSON, Actor
from portal.audit.model import AuditEvent
from portal.claims.chain import chain_of
from portal.claims.desk import Desk
from portal.claims.differences import Difference, differences
from portal.claims.model import Claim, Submission
from portal.claims.removals import REMOVE
from portal.rulebook.rulebook import Rulebook

OPERATOR = "operator"
REVIEW_TEAM = "Review team"

# What other events than transitions are called on the page.
OTHER_EVENTS = {
    "reminded": "A reminder of the deadline was sent",
    "reminded_nobody": "A reminder of the deadline was due, but nobody who gets it has an active account",
    "told": "The e-mail was sent and the time to act began",
    "customer_corrected": "The customer was corrected, on another draft for the same customer",
    "document_read": "A document was opened",
    "mail_retried": "An e-mail that had not been sent was put into the line again",
    "end_refused": "A deadline passed, but what should follow was refused; the operator was told",
}


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `details` are further sentences, such as reasons and due dates."""

    at: datetime
    who: str
    side: str
    title: str
    status_label: str  # "" where the status stayed
    text: str
    details: tuple[str, ...]
    decided: int | None = None  # the event's id where something was decided, which its page explains
    status: str = ""  # the code of that status
    differences: tuple[Difference, ...] = ()  # what the claim said before and says since
    since_round: int = 0  # of a further submission: the round that `differences` compare it with


def timeline(session: Session, desk: Desk, claim: Claim, actor: Actor) -> list[Entry]:
    """Return what happened to `claim`, newest first, in the words of its policy."""
    rulebook = desk.rulebook_of(claim)
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject == chain_of(claim.number))
        .order_by(AuditEvent.place.desc())
    )
    told = [event for event in events if _tells_something(event)]
    rounds, submitted = _rounds(claim), _first_submission(claim, told)
    return [
        _entry(event, rulebook, actor, rounds.get(event.decision_id), draft=event.place < submitted)
        for event in told
    ]


def _rounds(claim: Claim) -> dict[int | None, tuple[Submission, Submission]]:
    """Return each further submission with the one before it, by the decision that let it through."""
    rows = claim.submissions
    return {now.decision_id: (was, now) for was, now in pairwise(rows)}


def _first_submission(claim: Claim, events: list[AuditEvent]) -> float:
    """Return the place of the event that submitted the claim first; every place is before it without one."""
    first = claim.submissions[0].decision_id if claim.submissions else None
    places = [event.place for event in events if first is not None and event.decision_id == first]
    return min(places, default=float("inf"))


def _entry(
    event: AuditEvent,
    rulebook: Rulebook,
    reader: Actor,
    rounds: tuple[Submission, Submission] | None,
    *,
    draft: bool,
) -> Entry:
    changes = event.details.get("changes") or {}
    # What was never submitted was not meant for the other side, who is told which fields changed and no more.
    shown = not draft or reader.side != OPERATOR
    transition = rulebook.transitions.get(event.action)
    status = rulebook.statuses.get(event.to_status or "")
    return Entry(
        at=event.at,
        who=name_for(reader, event),
        side=event.actor_side,
        title=transition.label if transition else OTHER_EVENTS.get(event.action, event.action),
        status_label=status.label if status else "",
        text=str(event.details.get("text", "")),
        details=(
            *_named(changes, shown),
            *_details(event.details, rulebook, reader, compared=rounds is not None),
        ),
        decided=event.id if event.decision_id is not None else None,
        status=event.to_status or "",
        differences=_differences(rulebook, changes if shown else {}, rounds),
        since_round=rounds[0].round if rounds else 0,
    )


def _named(changes: Mapping[str, Any], shown: bool) -> list[str]:
    """Name the fields that changed, where what they held is not shown."""
    return (
        [] if shown or not changes else [f"Changed: {', '.join(name.replace('_', ' ') for name in changes)}."]
    )


def _differences(
    rulebook: Rulebook, changes: Mapping[str, Any], rounds: tuple[Submission, Submission] | None
) -> tuple[Difference, ...]:
    if rounds:
        return differences(rulebook, rounds[0].content, rounds[1].content)
    before, after = ({name: pair[side] for name, pair in changes.items()} for side in (0, 1))
    return differences(rulebook, before, after)


def _tells_something(event: AuditEvent) -> bool:
    """Tell whether more happened than that somebody saved a form in which nothing was changed."""
    return event.to_status is not None or event.details.get("changes") != {}


def name_for(reader: Actor, event: AuditEvent) -> str:
    """Name people to their own side and to reviewers; to a partner the operator is one team."""
    if event.actor_kind == PERSON and reader.organization_id is not None and event.actor_side == OPERATOR:
        return event.actor_name if reader.side == OPERATOR else REVIEW_TEAM
    return event.actor_name


def _details(details: dict[str, Any], rulebook: Rulebook, reader: Actor, *, compared: bool) -> list[str]:
    """Return further sentences; `compared` with the round before, the documents are among what changed."""
    known = rulebook.known_reasons
    codes = details.get("chosen", details.get("reasons", []))
    lines = [f"Reason: {known[code].label}." for code in codes if code in known]
    if products := details.get(REMOVE):
        labels = [rulebook.programs.product_label(code) for code in products]
        lines.append(f"Asked to remove: {', '.join(labels)}.")
    if not compared and (names := details.get("documents")):
        lines.append(f"Documents: {', '.join(names)}.")
    if reader.side == OPERATOR and (handed := details.get("handed_over")):
        lines.append(f"From {handed['from'] or 'nobody'} to {handed['to']}: {handed['why']}")
    if arithmetic := details.get("arithmetic"):
        lines.append(f"Deadline: {arithmetic}")
    for code, (due_on, words) in details.get("clocks", {}).items():
        label = rulebook.clocks[code].label if code in rulebook.clocks else "Deadline"
        day = date.fromisoformat(due_on)
        lines.append(f"{label}: until {day.day} {day:%B %Y}, end of day. {words}")
    return lines
