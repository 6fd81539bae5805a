"""Every stored decision decided again, from its stored facts and under its own policy version."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.readable import readable
from portal.policies.decisions import FactsDamaged, unpack_facts
from portal.policies.model import StoredDecision
from portal.policies.versions import NoPolicy, Policies
from portal.rulebook.decision import CouldNotBeDecided
from portal.rulebook.problems import RulebookInvalid

# stays English: differences are told to operators by `portal decisions recheck`
UNREADABLE = "It cannot be read: somebody wrote into it what no decision holds."


@dataclass(frozen=True)
class Difference:
    """A stored decision that does not come out as it did: which, about what, and how it differs."""

    decision_id: int
    subject: str
    question: str
    problem: str


@dataclass(frozen=True)
class Rechecked:
    """How many decisions were decided again, and those that came out otherwise."""

    decided: int
    differences: tuple[Difference, ...]


def recheck(session: Session, policies: Policies) -> Rechecked:
    """Decide every stored decision again by both evaluators; a difference is an error of the portal."""
    decided, found = 0, []
    for number, row in readable(session, StoredDecision, StoredDecision.id):
        decided += 1
        if row is None:
            found.append(Difference(number, *_subject_and_question(session, number), UNREADABLE))
        else:
            told = _problems(row, policies)
            found += [Difference(number, row.subject, row.question, problem) for problem in told]
    return Rechecked(decided, tuple(found))


def _subject_and_question(session: Session, number: int) -> tuple[str, str]:
    columns = select(StoredDecision.subject, StoredDecision.question)
    subject, question = session.execute(columns.where(StoredDecision.id == number)).one()
    return subject, question


def _problems(row: StoredDecision, policies: Policies) -> Iterator[str]:
    try:
        facts = unpack_facts(row.facts)
        rulebook = policies.composed(row.policy_version, row.roles_version)
        again = rulebook.decide(row.question, facts)
    except FactsDamaged as error:
        yield str(error)
        return
    except (NoPolicy, RulebookInvalid, CouldNotBeDecided) as error:
        # stays English
        yield f"It cannot be decided any more: {error}"
        return
    if again.outcome != row.outcome:
        # stays English
        yield f"It was {row.outcome}, and is now {again.outcome}."
    stored: object = row.rules  # somebody may have written anything into it
    if not isinstance(stored, list) or not all(isinstance(rule, list) for rule in stored):
        # stays English
        yield "What is kept as the rules that spoke is no list of rules."
        return
    rules = [[reason.code, reason.subject] for reason in again.reasons]
    if rules != [list(rule) for rule in row.rules]:
        # stays English
        yield f"The rules that spoke were {_named(row.rules)}, and are now {_named(rules)}."


def _named(rules: list[list[str | None]]) -> str:
    return ", ".join(" of ".join(part for part in rule if part) for rule in rules) or "none"
