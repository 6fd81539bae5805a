"""Three evaluators, one answer: durable-rules, plain Python and Rust CEL on random conditions and facts.

A failure prints the seed; `PORTAL_SEED=<seed>` runs it again. `make soak` runs the long one,
`PORTAL_SOAK_PAIRS` sets its number of pairs.
"""

import os
import random
from collections import Counter
from dataclasses import dataclass, field

import pytest

from portal.rulebook import engine_fields
from portal.rulebook.conditions import (
    Condition,
    ConditionError,
    alternatives,
    compile_python,
    held,
    negated,
    parse,
)
from portal.rulebook.decision import Value
from portal.rulebook.engine import Engine, EngineRefused
from portal.rulebook.python_evaluator import check_holds
from tests.portal.rulebook import condition_writing as writing

PAIRS = 3_000
SOAK_PAIRS = int(os.environ.get("PORTAL_SOAK_PAIRS", "60000"))
RULES_A_ROUND, CASES_A_ROUND = 12, 10


@dataclass
class Tally:
    """What was compared, so that a test can see that it compared enough of everything."""

    pairs: int = 0
    answers: Counter[bool] = field(default_factory=Counter)
    with_absent: int = 0
    refused: int = 0
    differences: list[str] = field(default_factory=list)


def _rules(rng: random.Random, made: writing.Vocabulary, tally: Tally) -> dict[str, Condition]:
    """Random conditions by their text; every second one negated, as `unless` does."""
    rules: dict[str, Condition] = {}
    for number in range(RULES_A_ROUND):
        text = writing.condition(rng, made)
        try:
            read = parse(text, made.names)
            read = negated(read) if number % 2 else read
            Engine({"alone": read}, made.names.facts)
        except (ConditionError, EngineRefused):  # too long or too many alternatives, which is fair
            tally.refused += 1
            continue
        rules[f"!({text})" if number % 2 else text] = read
    return rules


def _holds_by_alternatives(read: Condition, facts: dict[str, Value]) -> bool:
    return any(
        all(check_holds(literal.check)(facts) == literal.holds for literal in alternative)
        for alternative in alternatives(read)
    )


def _round(seed: str, tally: Tally) -> None:
    rng = random.Random(seed)
    try:
        made = writing.vocabulary(rng)
    except ConditionError:
        tally.refused += 1
        return
    rules = _rules(rng, made, tally)
    engine = Engine(rules, made.names.facts)
    compiled = {text: compile_python(read) for text, read in rules.items()}
    for _ in range(CASES_A_ROUND):
        facts = writing.facts(rng, made.names)
        fired = engine.fire(facts)
        context = writing.cel_context(made, facts)
        for text, read in rules.items():
            answers = {
                "durable-rules": text in fired,
                "python": compiled[text](facts),
                "cel": writing.cel_answer(made, text, read, facts, context),
                "alternatives": _holds_by_alternatives(read, facts),
            }
            tally.pairs += 1
            tally.answers[answers["python"]] += 1
            tally.with_absent += any(facts[fact] is None for fact in read.facts)
            if len(set(answers.values())) > 1 or (held(read, facts) and not answers["python"]):
                told = {fact: facts[fact] for fact in sorted(read.facts)}
                tally.differences.append(f"PORTAL_SEED={seed} {answers}\n{text}\n{told}")


def _compare(pairs: int) -> Tally:
    tally = Tally()
    if replayed := os.environ.get("PORTAL_SEED"):
        _round(replayed, tally)
        return tally
    start = random.SystemRandom().getrandbits(32)
    number = 0
    while tally.pairs < pairs and len(tally.differences) < 3:
        _round(f"{start}-{number}", tally)
        number += 1
    print(f"{tally.pairs} pairs from seed {start}: {dict(tally.answers)}, {tally.refused} refused")
    return tally


def _judge(tally: Tally) -> None:
    assert not tally.differences, "\n\n".join(tally.differences)
    if "PORTAL_SEED" not in os.environ:
        # Agreement says nothing where everything is true, nothing absent or most conditions refused.
        assert min(tally.answers[True], tally.answers[False]) > tally.pairs / 10
        assert tally.with_absent > tally.pairs / 10
        assert tally.refused < tally.pairs / 50


def test_the_three_evaluators_agree() -> None:
    _judge(_compare(PAIRS))


@pytest.mark.soak
def test_the_three_evaluators_agree_for_long() -> None:
    tally = _compare(SOAK_PAIRS)
    _judge(tally)
    assert "PORTAL_SEED" in os.environ or tally.pairs >= 50_000


def test_the_comparison_would_notice_a_wrong_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(engine_fields.OPPOSITE, "<", ">")  # instead of >=
    monkeypatch.delenv("PORTAL_SEED", raising=False)
    tally = Tally()
    for number in range(40):
        _round(f"wrong-{number}", tally)
        if tally.differences:
            break
    assert tally.differences
