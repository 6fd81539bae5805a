"""The names in examples: questions, cases, people, facts with their values, outcomes and rules."""

from collections.abc import Mapping

from portal.rulebook import closed_names as closed
from portal.rulebook.decision import ALLOWED, REFUSED
from portal.rulebook.documents import Path
from portal.rulebook.example_facts import WrongFact, as_fact
from portal.rulebook.example_models import Example
from portal.rulebook.models import Transition
from portal.rulebook.notes import Notes
from portal.rulebook.parts import CASES, Parts
from portal.rulebook.resolving_lifecycle import rules_of as rules_of_transition
from portal.rulebook.resolving_questions import rules_of as rules_of_question
from portal.rulebook.vocabulary import Vocabulary


def check_examples(parts: Parts, vocabulary: Vocabulary, notes: Notes) -> None:
    """Check every name of the example files into `notes`."""
    for name, roles in parts.cases.people.items():
        for position, role in enumerate(roles):
            notes.unknown(CASES, ("people", name, position), "role", role, parts.roles.roles)
        if name in (closed.SYSTEM, closed.CUSTOMER):
            sentence = f"{name} is reserved for the {name} itself: give the person another name"
            notes.problem(CASES, ("people", name), sentence, key=True)
    for name, case in parts.cases.cases.items():
        path: Path = ("cases", name)
        _check_facts(vocabulary, notes, CASES, (*path, "facts"), case.facts, "claim")
        for position, product in enumerate(case.products):
            _check_facts(vocabulary, notes, CASES, (*path, "products", position), product, "product")
        for position, document in enumerate(case.documents):
            _check_facts(vocabulary, notes, CASES, (*path, "documents", position), document, "document")
    for file, written in parts.examples.items():
        for position, example in enumerate(written.examples):
            _check_example(parts, vocabulary, notes, file, ("examples", position), example)


def _check_example(
    parts: Parts, vocabulary: Vocabulary, notes: Notes, file: str, path: Path, example: Example
) -> None:
    _check_facts(vocabulary, notes, file, (*path, "but"), example.but, "claim")
    _check_facts(vocabulary, notes, file, (*path, "product"), example.product, "product")
    notes.unknown(file, (*path, "given"), "case", example.given, parts.cases.cases)
    if example.by is not None:
        people = [*parts.cases.people, closed.SYSTEM, closed.CUSTOMER]
        notes.unknown(file, (*path, "by"), "person", example.by, people)
    questions = [*parts.policy.questions, *parts.lifecycle.transitions]
    notes.unknown(file, (*path, "question"), "question", example.question, questions)
    if example.question not in questions:
        return
    transition = parts.lifecycle.transitions.get(example.question)
    outcomes = [ALLOWED, REFUSED] if transition else parts.policy.questions[example.question].outcomes
    notes.unknown(file, (*path, "expect"), "outcome", example.expect, outcomes)
    for ask in example.form:
        notes.unknown(file, (*path, "form", ask), "ask", ask, transition.asks if transition else (), key=True)
    if transition and not _all_known(parts, transition):
        return
    ids = rule_ids(parts, example.question)
    for position, rule in enumerate(example.because):
        notes.unknown(file, (*path, "because", position), "rule", rule, ids)


def _all_known(parts: Parts, transition: Transition) -> bool:
    """Tell whether the transition's rules can be found; where not, that is told at the transition."""
    guards, questions = parts.lifecycle.guards, parts.policy.questions
    return set(transition.guards) <= set(guards) and set(transition.requires) <= set(questions)


def rule_ids(parts: Parts, question: str) -> list[str]:
    """Return the id of every rule that may be a reason in the answer to `question`, generated ones too."""
    transition = parts.lifecycle.transitions.get(question)
    if transition is None:
        return [rule.id for _, _, rule in rules_of_question(parts, question)]
    ids = [closed.WRONG_STATUS, closed.NO_PERMISSION, closed.NOTHING_GIVEN]
    ids += [f"{closed.MISSING}{ask}" for ask in transition.asks]
    ids += [rule.id for _, _, rule in rules_of_transition(parts, transition, question)]
    for required in transition.requires:
        ids += [rule.id for _, _, rule in rules_of_question(parts, required)] + [required]
    return ids


def _check_facts(
    vocabulary: Vocabulary, notes: Notes, file: str, path: Path, facts: Mapping[str, object], scope: str
) -> None:
    known = [name for name, kind in vocabulary.types.items() if kind.scope == scope]
    for name, written in facts.items():
        if name in vocabulary.types and name not in known:
            sentence = f"{name} belongs to a {vocabulary.types[name].scope}, not to a {scope}: move it there"
            notes.problem(file, (*path, name), sentence, key=True)
        elif name not in known:
            notes.unknown(file, (*path, name), "fact", name, known, key=True)
        else:
            try:
                as_fact(vocabulary, name, written)
            except WrongFact as error:
                notes.problem(file, (*path, name), error.sentence, error.suggestion)
