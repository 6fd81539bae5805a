"""The story of a claim from its audit events, told to the side that reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import Session

from portal.accounts.actor import PERSON, SYSTEM, Actor
from portal.audit.model import AuditEvent
from portal.claims.chain import chain_of
from portal.claims.desk import Desk
from portal.claims.differences import Difference, differences
from portal.claims.eligibility import DECISION, assessment_told
from portal.claims.field_names import named
from portal.claims.model import Claim, Submission
from portal.claims.removals import REMOVE
from portal.languages.dates import day_in_words
from portal.languages.sentences import gettext, lazy_gettext, speaking, together
from portal.rulebook.rulebook import Rulebook

OPERATOR = "operator"
REVIEW_TEAM = lazy_gettext("Review team")
NO_CHANGES = "{}"  # as both databases give back an event's `changes` where there are none

# What other events than transitions are called on the page.
OTHER_EVENTS = {
    "reminded": lazy_gettext("A reminder of the deadline was sent"),
    "reminded_nobody": lazy_gettext(
        "A reminder of the deadline was due, but nobody who gets it has an active account"
    ),
    "told": lazy_gettext("The e-mail was sent and the time to act began"),
    "customer_corrected": lazy_gettext("The customer was corrected, on another draft for the same customer"),
    "document_read": lazy_gettext("A document was opened"),
    "mail_retried": lazy_gettext("An e-mail that had not been sent was put into the line again"),
    "end_refused": lazy_gettext(
        "A deadline passed, but what should follow was refused; the operator was told"
    ),
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
    decided: int | None = None  # the event's place where something was decided, which its page explains
    status: str = ""  # the code of that status
    differences: tuple[Difference, ...] = ()  # what the claim said before and says since
    assessed: bool = False  # whether it says what the claim's incentive eligibility is since
    since_round: int = 0  # of a further submission: the round that `differences` compare it with


def timeline(session: Session, desk: Desk, claim: Claim, actor: Actor) -> list[Entry]:
    """Return what happened to `claim`, newest first, in the words of its policy."""
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject == chain_of(claim.number), tells_something())
        .order_by(AuditEvent.place.desc())
    )
    return told(desk, claim, actor, events, first_submissions(session, [claim]))


def tells_something() -> ColumnElement[bool]:
    """Return the condition of what a timeline tells: all but that a form was saved with nothing changed."""
    changes = func.coalesce(AuditEvent.details["changes"].as_string(), "")
    return or_(AuditEvent.to_status.is_not(None), changes != NO_CHANGES)


def told(
    desk: Desk, claim: Claim, reader: Actor, events: Iterable[AuditEvent], first: Mapping[str, int]
) -> list[Entry]:
    """Return `events` of `claim` in the words of its policy; `first` is what `first_submissions` found."""
    rulebook, rounds = desk.rulebook_of(claim), _rounds(claim)
    submitted = first.get(chain_of(claim.number), float("inf"))  # all of it is a draft's before that
    return [
        _entry(event, rulebook, reader, rounds.get(event.decision_id), draft=event.place < submitted)
        for event in events
    ]


def first_submissions(session: Session, claims: Iterable[Claim]) -> dict[str, int]:
    """Return the place of the event by which each claim was submitted first, by the chain of the claim."""
    firsts = [(chain_of(row.number), row.submissions[0].decision_id) for row in claims if row.submissions]
    if not firsts:
        return {}
    query = select(AuditEvent.subject, func.min(AuditEvent.place))
    found = query.where(tuple_(AuditEvent.subject, AuditEvent.decision_id).in_(firsts))
    return {row[0]: row[1] for row in session.execute(found.group_by(AuditEvent.subject))}


def _rounds(claim: Claim) -> dict[int | None, tuple[Submission, Submission]]:
    """Return each further submission with the one before it, by the decision that let it through."""
    rows = claim.submissions
    return {now.decision_id: (was, now) for was, now in pairwise(rows)}


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
        title=transition.label if transition else str(OTHER_EVENTS.get(event.action, event.action)),
        status_label=status.label if status else "",
        text=str(event.details.get("text", "")),
        details=(
            *_named(changes, shown),
            *_details(event.details, rulebook, reader, compared=rounds is not None),
        ),
        decided=event.place if event.decision_id is not None else None,
        status=event.to_status or "",
        differences=_differences(rulebook, changes if shown else {}, rounds),
        assessed=reader.side != OPERATOR and DECISION in event.details,
        since_round=rounds[0].round if rounds else 0,
    )


def _named(changes: Mapping[str, Any], shown: bool) -> list[str]:
    """Name the fields that changed, where what they held is not shown."""
    if shown or not changes:
        return []
    fields = ", ".join(named(name) for name in changes)
    return [gettext("Changed: %(fields)s.", fields=fields)]


def _differences(
    rulebook: Rulebook, changes: Mapping[str, Any], rounds: tuple[Submission, Submission] | None
) -> tuple[Difference, ...]:
    if rounds:
        return differences(rulebook, rounds[0].content, rounds[1].content)
    before, after = ({name: pair[side] for name, pair in changes.items()} for side in (0, 1))
    return differences(rulebook, before, after)


def name_for(reader: Actor, event: AuditEvent) -> str:
    """Name people to their own side and to reviewers; to a partner the operator is one team."""
    if event.actor_kind == PERSON and reader.organization_id is not None and event.actor_side == OPERATOR:
        return event.actor_name if reader.side == OPERATOR else str(REVIEW_TEAM)
    return gettext("Portal") if event.actor_kind == SYSTEM else event.actor_name


def _details(details: dict[str, Any], rulebook: Rulebook, reader: Actor, *, compared: bool) -> list[str]:
    """Return further sentences; `compared` with the round before, the documents are among what changed."""
    known = rulebook.known_reasons
    codes = details.get("chosen", details.get("reasons", []))
    lines = [gettext("Reason: %(reason)s.", reason=known[code].label) for code in codes if code in known]
    if products := details.get(REMOVE):
        labels = ", ".join(rulebook.programs.product_label(code) for code in products)
        lines.append(gettext("Asked to remove: %(products)s.", products=labels))
    if not compared and (names := details.get("documents")):
        lines.append(gettext("Documents: %(names)s.", names=", ".join(names)))
    if reader.side == OPERATOR and (handed := details.get("handed_over")):
        lines.append(_handed_over(handed["from"], handed["to"], handed["why"]))
    if reader.side != OPERATOR:  # what a claim earns is no matter of its review
        lines += assessment_told(rulebook, details)
    if arithmetic := details.get("arithmetic"):
        lines.append(gettext("Deadline: %(arithmetic)s", arithmetic=arithmetic))
    for code, (due_on, words) in details.get("clocks", {}).items():
        label = rulebook.clocks[code].label if code in rulebook.clocks else gettext("Deadline")
        day = day_in_words(date.fromisoformat(due_on), speaking())
        until = gettext("%(deadline)s: until %(day)s, end of day.", deadline=label, day=day)
        lines.append(together(until, words))
    return lines


def _handed_over(before: str, to: str, why: str) -> str:
    if not before:
        return gettext("From nobody to %(to)s: %(why)s", to=to, why=why)
    return gettext("From %(before)s to %(to)s: %(why)s", before=before, to=to, why=why)
