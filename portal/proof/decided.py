"""The decisions of a claim as a pack explains them to one side, each so that it can be decided again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.audit.model import AuditEvent
from portal.claims.desk import Desk
from portal.claims.eligibility import DECISION
from portal.claims.explaining import Explanation, explain_stored, side_of
from portal.claims.timeline import name_for
from portal.policies.decisions import plain_facts, plain_value
from portal.policies.model import StoredDecision
from portal.rulebook.decision import Comparison, Facts, Reason, Value
from portal.rulebook.models import Side
from portal.rulebook.remedies import Remedy
from portal.rulebook.rulebook import Rulebook


@dataclass(frozen=True)
class Decided:
    """One decision with the event it belongs to; `number` names its file. `outcome` is as it was stored."""

    number: str
    event: AuditEvent
    who: str
    stored: StoredDecision
    found: Explanation
    outcome: str  # in the words of its policy
    facts: Facts  # those that the reader may see
    complete: bool  # they are all there were

    @property
    def path(self) -> str:
        return f"decisions/{self.number}.json"


def decided(session: Session, desk: Desk, events: Sequence[AuditEvent], actor: Actor) -> list[Decided]:
    """Return what was decided at `events`, the oldest first. Raises CouldNotBeDecided.

    Attempts that were refused are no events of the claim; no page tells of them, and no pack does.
    """
    side = side_of(actor)
    found = []
    for place, (event, decision_id) in enumerate(_decisions(events, side), 1):
        stored = session.get_one(StoredDecision, decision_id)
        explanation = explain_stored(desk, stored, side)
        rulebook = desk.policies.composed(stored.policy_version, stored.roles_version)
        facts = _seen(rulebook, explanation.decision.facts, side)
        found.append(
            Decided(
                number=f"{place:03}",
                event=event,
                who=name_for(actor, event),
                stored=stored,
                found=explanation,
                outcome=_called(rulebook, stored),
                facts=facts,
                complete=facts == explanation.decision.facts,
            )
        )
    return found


def _decisions(events: Sequence[AuditEvent], side: Side) -> Iterator[tuple[AuditEvent, int]]:
    for event in events:
        # What a claim earns is between its organization and the operator's payments: no review tells it.
        beside = event.details.get(DECISION) if side == "partner" else None
        yield from ((event, number) for number in (event.decision_id, beside) if number is not None)


def _called(rulebook: Rulebook, stored: StoredDecision) -> str:
    question = rulebook.policy.questions.get(stored.question)
    return question.called(stored.outcome) if question else ""


def _seen(rulebook: Rulebook, facts: Facts, side: Side) -> Facts:
    def seen(some: Mapping[str, Value]) -> Mapping[str, Value]:
        return {name: value for name, value in some.items() if side in rulebook.vocabulary.seen_by(name)}

    return Facts(
        claim=seen(facts.claim),
        products=tuple(seen(item) for item in facts.products),
        documents=tuple(seen(item) for item in facts.documents),
    )


def as_file(one: Decided, made_at: datetime) -> dict[str, Any]:
    """Return a decision as plain JSON values.

    What would have changed it is no part of what was decided then: it says that it was found at `made_at`,
    when the pack was made.
    """
    return {
        "number": one.number,
        "claim": one.stored.subject,
        "place": one.event.place,
        "question": one.stored.question,
        "label": one.found.label,
        "by": one.who,
        "at": one.stored.at.isoformat(),
        "outcome": one.stored.outcome,
        "policy_version": one.stored.policy_version,
        "roles_version": one.stored.roles_version,
        "source": one.found.source,
        "reasons": [_reason(reason) for reason in one.found.reasons],
        "rules_asked": [
            {
                "rule": asked.rule.code,
                "subject": asked.rule.subject,
                "file": asked.rule.file,
                "line": asked.rule.line,
                "fired": asked.rule.fired,
                "text": asked.looks_for or asked.says,
            }
            for asked in one.found.asked
        ],
        "would_have_changed_it": _remedy(one.found.remedy, made_at),
        "complete": one.complete,
        "facts": plain_facts(one.facts),
    }


def _remedy(remedy: Remedy | None, found_at: datetime) -> dict[str, Any] | None:
    if remedy is None:
        return None
    return {
        "found_at": found_at.isoformat(),
        "changes": [
            {"who": change.who, "do": change.text, "subject": change.subject, "fact": change.fact}
            for change in remedy.changes
        ],
        "fixed": remedy.fixed,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "rule": reason.code,
        "subject": reason.subject,
        "text": reason.text,
        "file": reason.file,
        "line": reason.line,
        "source": reason.source,
        "comparisons": [_comparison(one) for one in reason.comparisons],
    }


def _comparison(one: Comparison) -> dict[str, Any]:
    against = list(one.against) if isinstance(one.against, tuple) else plain_value(one.against)
    return {
        "fact": one.fact,
        "value": plain_value(one.value),
        "operator": one.operator,
        "against": against,
        "words": one.words,
    }
