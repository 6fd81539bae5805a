"""Why an action can or cannot happen now, and why one did: the decision taken apart for one reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.audit.model import AuditEvent
from portal.claims.chain import chain_of
from portal.claims.desk import Desk
from portal.claims.eligibility import DECISION
from portal.claims.facts import gather
from portal.claims.gathering import Gathering
from portal.claims.model import Claim
from portal.claims.queries import find_claim
from portal.claims.refusals import NotThere
from portal.policies.decisions import FactsDamaged, unpack_facts
from portal.policies.model import StoredDecision
from portal.rulebook.asked_rules import AskedRule
from portal.rulebook.decision import CouldNotBeDecided, Decision, Reason, Traced
from portal.rulebook.models import Side
from portal.rulebook.remedies import Remedy
from portal.rulebook.rulebook import Rulebook
from portal.rulebook.templates import spelled
from portal.rulebook.wording import spoken


class NoSuchAction(Exception):
    """The policy of the claim has no such transition; `known` are those that there are."""

    def __init__(self, action: str, known: tuple[str, ...]) -> None:
        # stays English: told in a shell
        super().__init__(f"There is no action {action!r}; there are {', '.join(known)}.")
        self.known = known


@dataclass(frozen=True)
class Asked:
    """One rule that was looked at: where it stands, whether it fired, and what it says, or looks for."""

    rule: Traced
    says: str  # what is told where it refuses; "" for a rule that follows from the lifecycle
    looks_for: str  # of such a rule: what has to be so; "" for any other


@dataclass(frozen=True)
class Explanation:
    """One decision as the side of a reader may know it.

    `reasons` refuse; `asked` are the rules that were looked at, fired or not; `hidden` counts rules
    that are left out because they read what this side may not see. `remedy` is None where nothing
    that anybody can change now would allow it, and where it is allowed, or answered as is wanted.
    """

    number: str
    action: str
    label: str
    decision: Decision
    reasons: tuple[Reason, ...]
    asked: tuple[Asked, ...]
    hidden: int
    facts: tuple[tuple[str, str], ...]  # what was known, in words, and its value in words
    remedy: Remedy | None
    instead_label: str  # of the action that is offered where nothing can change the answer, "" without one
    source: str | None
    outcome_label: str  # of a question, what its answer is called; "" for an action

    @property
    def instead(self) -> str | None:
        """The action that is offered where nothing can change the answer."""
        return next((reason.instead for reason in self.reasons if reason.instead), None)


def explain(desk: Desk, session: Session, number: str, action: str, actor: Actor) -> Explanation:
    """Decide `action` on the claim for `actor` as its button would, and explain it; nothing is stored.

    Raises NotThere, NoSuchAction and CouldNotBeDecided.
    """
    claim = find_claim(session, desk, number, actor)
    rulebook = desk.rulebook_of(claim)
    if action not in rulebook.transitions:
        raise NoSuchAction(action, tuple(rulebook.transitions))
    gathering = Gathering(session, desk, rulebook, claim, actor, desk.clock.now())
    return explained(rulebook, number, rulebook.decide(action, gather(gathering, action)), side_of(actor))


def decided_event(session: Session, claim: Claim, place: int) -> AuditEvent:
    """Return the event at a place of the claim's story for which something was decided; else raises NotThere.

    Its place says nothing of other claims, as the row's number would: how much happened to them meanwhile.
    """
    query = select(AuditEvent).where(AuditEvent.subject == chain_of(claim.number), AuditEvent.place == place)
    event = session.scalar(query)
    if event is None or event.decision_id is None:
        raise NotThere
    return event


def explain_event(desk: Desk, session: Session, event: AuditEvent, side: Side) -> Explanation:
    """Explain the stored decision behind an event (of `decided_event`) by the version it was made under.

    It is decided again from its stored facts. Raises CouldNotBeDecided.
    """
    return explain_stored(desk, session.get_one(StoredDecision, event.decision_id), side)


def explain_assessed(desk: Desk, session: Session, event: AuditEvent, side: Side) -> Explanation | None:
    """Explain to the claim's own side how an event assessed the eligibility; None where it did not."""
    decision_id = event.details.get(DECISION) if side == "partner" else None
    return explain_stored(desk, session.get_one(StoredDecision, decision_id), side) if decision_id else None


def explain_stored(desk: Desk, stored: StoredDecision, side: Side) -> Explanation:
    """Explain a decision that was kept, of an action or of a question. Raises CouldNotBeDecided."""
    rulebook = desk.policies.composed(stored.policy_version, stored.roles_version)
    try:
        facts = unpack_facts(stored.facts)
    except FactsDamaged as error:
        raise CouldNotBeDecided(stored.question, str(error)) from error
    decision = rulebook.decide(stored.question, facts)
    return explained(rulebook, stored.subject, decision, side)


def side_of(actor: Actor) -> Side:
    """Return the side whose facts the actor may read; a customer reads no more than a partner."""
    return "operator" if actor.side == "operator" else "partner"


def explained(rulebook: Rulebook, number: str, decision: Decision, side: Side) -> Explanation:
    """Return `decision` as `side` may know it."""
    transitions = rulebook.transitions
    transition = transitions.get(decision.question)
    question = rulebook.policy.questions.get(decision.question)
    label = transition.label if transition else question.label if question else None
    seen = {
        code for code, rule in _rules(rulebook, decision.question).items() if _may_read(rulebook, rule, side)
    }
    return Explanation(
        number=number,
        action=decision.question,
        label=label or spoken(decision.question),
        decision=decision,
        reasons=tuple(reason for reason in decision.reasons if reason.code in seen),
        asked=tuple(_asked(rulebook, decision, seen)),
        hidden=sum(traced.code not in seen for traced in decision.trace),
        facts=tuple(_facts(rulebook, decision, side)),
        remedy=rulebook.remedy(decision, side),
        instead_label=next((transitions[one.instead].label for one in decision.reasons if one.instead), ""),
        source=transition.source if transition else None,
        outcome_label=question.called(decision.outcome) if question and not transition else "",
    )


def _rules(rulebook: Rulebook, question: str) -> dict[str, AskedRule]:
    """Return the rules of a question or a transition, and of what it requires, by their codes."""
    rules = list(rulebook.asked_rules(question))
    transition = rulebook.transitions.get(question)
    for required in transition.requires if transition else ():
        rules += rulebook.asked_rules(required)
    return {rule.code: rule for rule in rules}


def _may_read(rulebook: Rulebook, rule: AskedRule, side: Side) -> bool:
    """Tell whether a rule reads only what `side` may see."""
    return all(side in rulebook.vocabulary.seen_by(fact) for fact in rule.facts)


def _asked(rulebook: Rulebook, decision: Decision, seen: set[str]) -> Iterator[Asked]:
    """Yield what was looked at of the rules `seen`, a rule of each product with the product's name."""
    rules = _rules(rulebook, decision.question)
    for traced in decision.trace:
        if traced.code not in seen:
            continue
        rule = rules[traced.code]
        known = {f"{rule.scope}.name": traced.subject} if traced.subject else {}
        looks_for = rule.looks_for() if rule.looks_for else ""
        yield Asked(traced, "" if looks_for else spelled(rule.say, rulebook.vocabulary, known), looks_for)


def _facts(rulebook: Rulebook, decision: Decision, side: Side) -> Iterator[tuple[str, str]]:
    """Yield what `side` may see of the facts; those of a product with its name behind them."""
    vocabulary = rulebook.vocabulary
    places = [("", decision.facts.claim)]
    places += [(f" ({product.get('product.name')})", product) for product in decision.facts.products]
    for which, facts in places:
        for name, value in facts.items():
            fact = vocabulary.facts.get(name)
            if fact is not None and fact.type != "text" and side in vocabulary.seen_by(name):
                yield fact.means + which, vocabulary.written(name, value)


def as_plain(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as plain JSON values."""
    decision, remedy = explanation.decision, explanation.remedy
    return {
        "claim": explanation.number,
        "action": explanation.action,
        "outcome": decision.outcome,
        "policy_version": decision.policy_version,
        "source": explanation.source,
        "reasons": [
            {
                "rule": reason.code,
                "text": reason.text,
                "subject": reason.subject,
                "file": reason.file,
                "line": reason.line,
                "source": reason.source,
                "comparisons": [comparison.words for comparison in reason.comparisons],
            }
            for reason in explanation.reasons
        ],
        "remedies": [
            {"who": change.who, "do": change.text, "subject": change.subject, "fact": change.fact}
            for change in (remedy.changes if remedy else ())
        ],
        "instead": None if remedy else explanation.instead,
        "trace": [
            {
                "rule": one.rule.code,
                "file": one.rule.file,
                "line": one.rule.line,
                "fired": one.rule.fired,
                "subject": one.rule.subject,
                "text": one.looks_for or one.says,
            }
            for one in explanation.asked
        ],
    }
