"""One question, ready to be decided: which of its rules hold of the claim and of each of its items."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from portal.rulebook.asked_rules import AskedRule
from portal.rulebook.conditions import held
from portal.rulebook.decision import ALLOWED, REFUSED, CouldNotBeDecided, Facts, Reason, Traced, Value
from portal.rulebook.models import Question, Scope
from portal.rulebook.templates import fill
from portal.rulebook.twofold import Twofold
from portal.rulebook.vocabulary import Vocabulary

LineOf = Callable[[AskedRule], int]


@dataclass(frozen=True)
class Answer:
    """The outcome of a question with its reasons and its trace, before it becomes a decision."""

    outcome: str
    reasons: tuple[Reason, ...]
    trace: tuple[Traced, ...]


@dataclass(frozen=True)
class _Fired:
    rule: AskedRule
    item: int  # the position of the product or document, -1 for the claim
    reason: Reason


@dataclass(frozen=True)
class _Group:
    """Rules that are decided together: of one scope, all or none of them about what a form brings."""

    scope: Scope
    reads_input: bool
    rules: Mapping[str, AskedRule]
    conditions: Twofold


class AskedQuestion:
    """The rules of one question compiled for both evaluators. Immutable.

    `rules` are in the order in which their reasons are told; their ids differ. `asks` are the labels of
    what a transition's form asks for.
    """

    def __init__(
        self,
        name: str,
        rules: tuple[AskedRule, ...],
        vocabulary: Vocabulary,
        line_of: LineOf,
        asks: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.rules = rules
        self.facts: frozenset[str] = frozenset[str]().union(*(rule.facts for rule in rules))
        self._vocabulary, self._asks = vocabulary, asks or {}
        self._groups = list(_grouped(rules))
        self._places = {rule.code: position for position, rule in enumerate(rules)}
        self._lines = {rule.code: line_of(rule) for rule in rules}

    def fired(self, facts: Facts, *, engine: bool) -> tuple[list[_Fired], list[Traced]]:
        """Return the rules that hold, in their order and then by item, and what was asked.

        Raises CouldNotBeDecided.
        """
        with_input = any(name.startswith("input.") for name in facts.claim)
        found: dict[tuple[str, int], _Fired] = {}
        asked: dict[tuple[str, int], Traced] = {}
        for group in self._groups:
            if group.reads_input and not with_input:
                continue
            for item, merged in _items(group.scope, facts):
                holding = group.conditions.holding(self.name, merged, engine=engine)
                subject = self._subject(group.scope, merged)
                for key, rule in group.rules.items():
                    line = self._lines[key]
                    asked[key, item] = Traced(rule.code, rule.file, line, key in holding, subject)
                    if key in holding:
                        found[key, item] = _Fired(rule, item, self._reason(rule, line, merged, subject))
        by_place = sorted(asked, key=lambda entry: (self._places[entry[0]], entry[1]))
        return [found[entry] for entry in by_place if entry in found], [asked[entry] for entry in by_place]

    def _subject(self, scope: Scope, facts: Mapping[str, Value]) -> str | None:
        if scope == "claim":
            return None
        name = facts.get(f"{scope}.name")
        if not isinstance(name, str):
            # stays English: told in the log
            raise CouldNotBeDecided(self.name, f"fact {scope}.name is missing")
        return name

    def _reason(self, rule: AskedRule, line: int, facts: Mapping[str, Value], subject: str | None) -> Reason:
        try:
            text = fill(rule.say, self._vocabulary, facts)
        except KeyError as error:
            # stays English: told in the log
            raise CouldNotBeDecided(self.name, f"fact {error.args[0]} is missing") from None
        comparisons = held(rule.condition, facts, self._vocabulary.speech(self._asks))
        return Reason(rule.code, text, rule.file, line, rule.source, comparisons, subject, rule.instead)


def answered(question: Question, asked: AskedQuestion, facts: Facts, *, engine: bool) -> Answer:
    """Return the answer to a question of policy.yaml; raises CouldNotBeDecided.

    A question of scope product or document is decided for each item: the answer is what every item
    gives, else the first that differs from `otherwise`.
    """
    fired, trace = asked.fired(facts, engine=engine)
    if question.scope == "claim":
        outcome, kept = _combined(question, asked.name, fired)
        return Answer(outcome, tuple(one.reason for one in kept), tuple(trace))
    outcomes, reasons = [question.otherwise], []
    for item in sorted({one.item for one in fired}):
        outcome, kept = _combined(question, asked.name, [one for one in fired if one.item == item])
        outcomes.append(outcome)
        reasons += [one.reason for one in kept]
    differing = [outcome for outcome in outcomes if outcome != question.otherwise]
    return Answer((differing or outcomes)[0], tuple(reasons), tuple(trace))


def permitted(asked: AskedQuestion, facts: Facts, required: list[Answer], *, engine: bool) -> Answer:
    """Return the answer to "may this transition happen": allowed exactly where nothing refuses.

    `required` are the answers of required questions that came out wrong, each with a reason. Their
    reasons stand before those about what the form brings. Raises CouldNotBeDecided.
    """
    fired, trace = asked.fired(facts, engine=engine)
    first = [one.reason for one in fired if not one.rule.reads_input]
    taken_over = [reason for answer in required for reason in answer.reasons]
    last = [one.reason for one in fired if one.rule.reads_input]
    reasons = (*first, *taken_over, *last)
    traces = (*trace, *(traced for answer in required for traced in answer.trace))
    return Answer(REFUSED if reasons else ALLOWED, reasons, traces)


def _combined(question: Question, name: str, fired: list[_Fired]) -> tuple[str, list[_Fired]]:
    """Return the outcome and the rules that speak for it."""
    if not fired:
        return question.otherwise, []
    outcomes = [one.rule.outcome or question.otherwise for one in fired]
    if question.combine == "all":
        return outcomes[0], fired
    if question.combine == "exclusive":
        if len(set(outcomes)) > 1:
            rules = ", ".join(sorted({one.rule.code for one in fired}))
            # stays English: told in the log
            raise CouldNotBeDecided(name, f"the rules contradict each other: {rules}")
        return outcomes[0], fired
    ranked = sorted(fired, key=lambda one: one.rule.rank)
    outcome = ranked[0].rule.outcome or question.otherwise
    return outcome, [one for one in ranked if one.rule.outcome == outcome]


def _grouped(rules: tuple[AskedRule, ...]) -> Iterator[_Group]:
    groups: dict[tuple[Scope, bool], dict[str, AskedRule]] = {}
    for rule in rules:
        groups.setdefault((rule.scope, rule.reads_input), {})[rule.code] = rule
    for (scope, reads_input), members in groups.items():
        conditions = Twofold({key: rule.condition for key, rule in members.items()})
        yield _Group(scope, reads_input, members, conditions)


def _items(scope: Scope, facts: Facts) -> Iterator[tuple[int, Mapping[str, Value]]]:
    if scope == "claim":
        yield -1, facts.claim
        return
    for position, item in enumerate(facts.products if scope == "product" else facts.documents):
        yield position, {**facts.claim, **item}
