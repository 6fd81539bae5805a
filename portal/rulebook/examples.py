"""The examples of a policy: complete claims, a question, and the answer with its reasons that is expected."""

from dataclasses import dataclass

from portal.rulebook.asked_rules import AskedRule
from portal.rulebook.decision import CouldNotBeDecided, Decision
from portal.rulebook.example_facts import facts_of
from portal.rulebook.example_models import Example
from portal.rulebook.rulebook import Rulebook
from portal.rulebook.wording import listed


@dataclass(frozen=True)
class Uncovered:
    """A written rule that is no reason in any example."""

    rule: str
    file: str
    line: int

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        return f"{place} no example shows the rule {self.rule}: add one in which it is the reason"


@dataclass(frozen=True)
class Report:
    """What became of the examples. `failed` pairs each with one sentence that says why."""

    passed: int
    failed: list[tuple[Example, str]]
    uncovered_rules: list[Uncovered]

    @property
    def ok(self) -> bool:
        return not self.failed and not self.uncovered_rules


def run(rulebook: Rulebook) -> Report:
    """Decide every example of `rulebook` by both evaluators and compare outcome and reasons.

    Reasons are compared as a whole: `because` names every rule that answers, and no other.
    """
    passed, failed = 0, []
    shown: set[tuple[str, int]] = set()
    for written in rulebook.parts.examples.values():
        for example in written.examples:
            outcome = _tried(rulebook, example)
            if isinstance(outcome, str):
                failed.append((example, outcome))
            else:
                passed += 1
                shown |= {(reason.file, reason.line) for reason in outcome.reasons}
    uncovered = [
        Uncovered(rule.code, rule.file, line)
        for rule, line in _written_rules(rulebook)
        if (rule.file, line) not in shown
    ]
    return Report(passed, failed, sorted(set(uncovered), key=lambda one: (one.file, one.line)))


def _tried(rulebook: Rulebook, example: Example) -> Decision | str:
    """Return the decision of an example that came out as expected, else why it did not."""
    facts = facts_of(example, rulebook.parts.cases, rulebook.vocabulary, rulebook.lifecycle, rulebook.roles)
    try:
        decision = rulebook.decide(example.question, facts)
    except CouldNotBeDecided as error:
        return f"it could not be decided: {error.why}"
    because, expected = {reason.code for reason in decision.reasons}, set(example.because)
    told = []
    if decision.outcome != example.expect:
        told.append(f"expected {example.expect}, but the answer is {decision.outcome}")
    if because - expected:
        told.append(f"also because of {listed(sorted(because - expected))}, which `because` does not name")
    if expected - because:
        told.append(f"not because of {listed(sorted(expected - because))}, though `because` says so")
    return "; ".join(told) if told else decision


def _written_rules(rulebook: Rulebook) -> list[tuple[AskedRule, int]]:
    return [(rule, rulebook.line(rule.file, rule.path)) for rule in rulebook.asked_rules() if rule.written]
