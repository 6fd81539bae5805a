"""Conditions in words: what is asked of each fact, and what has to hold together."""

import random
from collections.abc import Iterator

import pytest

from portal.rulebook.check_words import PLAIN, Speech
from portal.rulebook.condition_types import Always, Check, Condition, ConditionError, Node, Not
from portal.rulebook.condition_words import Named, Words, condition_in_words
from portal.rulebook.conditions import compile_python, negated, parse
from portal.rulebook.decision import Value
from portal.rulebook.python_evaluator import check_holds
from tests.portal.rulebook import condition_writing as writing
from tests.portal.rulebook.condition_vocabulary import NAMES

CONDITIONS = 600  # random ones, each with as many facts as below
FACTS_EACH = 5


# Words two values alike only where they are the same; people read moments to the minute.
EXACTLY = Speech(value_of=lambda _fact, value: repr(value))


def words(
    condition: Condition,
    *,
    unless: bool = False,
    defined: dict[Node, Named] | None = None,
    speech: Speech = PLAIN,
) -> Words:
    return condition_in_words(condition, speech, defined=defined or {}, unless=unless)


def told(read: Words) -> str:
    """Return the words on one line, such as `all(a: yes, some(b: 1, c: no))`."""
    if not read.joined:
        return read.text
    return f"{read.joined}({', '.join(told(one) for one in read.items)})"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("claim.has_location", "claim.has_location: yes"),
        ("!claim.has_location", "claim.has_location: no"),
        ("claim.round == 2", "claim.round: 2"),
        ("claim.round != 2", "claim.round: not 2"),
        ("claim.round >= value.disputes_at_most", "claim.round: at least 1"),
        ("!(claim.round >= 1)", "claim.round: fewer than 1"),
        ("claim.round > claim.first_round", "claim.round: more than “claim.first_round”"),
        ('claim.due_on < date("2026-12-01")', "claim.due_on: before 2026-12-01"),
        ("claim.sent_on == null", "claim.sent_on: not given"),
        ('!(claim.due_on < date("2026-12-01"))', "claim.due_on: not before 2026-12-01, or not given"),
        ('claim.activity in ["migrate", "deploy"]', "claim.activity: migrate or deploy"),
        ('"duplicate" in claim.rejection_reasons', "claim.rejection_reasons: “duplicate” is among them"),
        ("claim.rejection_reasons.exists(r, r in grave)",
         "claim.rejection_reasons: at least one of duplicate"),
        ("true", "Always"),
        ("claim.has_location && (claim.round == 1 || claim.round == 2)",
         "all(claim.has_location: yes, some(claim.round: 1, claim.round: 2))"),
        ("!(claim.has_location && claim.round == 1)", "some(claim.has_location: no, claim.round: not 1)"),
        ("!(claim.has_location || claim.round == 1)", "all(claim.has_location: no, claim.round: not 1)"),
        ("claim.has_location && (claim.round == 1 && claim.fee > 0)",
         "all(claim.has_location: yes, claim.round: 1, claim.fee: more than 0)"),
    ],
)  # fmt: skip
def test_a_condition_is_told_in_words(text: str, expected: str) -> None:
    assert told(words(parse(text, NAMES))) == expected


def test_a_named_condition_is_told_by_what_it_means() -> None:
    named = {parse("claim.is_disputable", NAMES).root: ("Can be disputed", "Cannot be disputed")}
    assert told(words(parse("claim.is_disputable", NAMES), defined=named)) == "Can be disputed"
    within = parse("claim.has_location && !claim.is_disputable", NAMES)
    assert told(words(within, defined=named)) == "all(claim.has_location: yes, Cannot be disputed)"


def test_unless_tells_the_opposite() -> None:
    read = parse("claim.has_location || claim.round == 1", NAMES)
    assert told(words(read, unless=True)) == told(words(negated(read)))


def leaves(node: Node) -> Iterator[Check | Always]:
    if isinstance(node, Check | Always):
        yield node
    else:
        for one in (node.item,) if isinstance(node, Not) else node.items:
            yield from leaves(one)


def holds(read: Words, truth: dict[str, bool]) -> bool:
    if not read.joined:
        return truth[read.text]
    answers = [holds(one, truth) for one in read.items]
    return all(answers) if read.joined == "all" else any(answers)


def truths(condition: Condition, facts: dict[str, Value]) -> dict[str, bool]:
    """Return whether what is asked of each single fact is so, by the words that ask it."""
    truth = {"Always": True, "Never": False}
    for leaf in leaves(condition.root):
        alone = Condition(leaf, condition.types, condition.scope, 1, 1)
        if isinstance(leaf, Check):
            so = check_holds(leaf)(facts)
            truth |= {
                words(alone, speech=EXACTLY).text: so,
                words(alone, unless=True, speech=EXACTLY).text: not so,
            }
    return truth


def test_the_words_hold_exactly_where_the_condition_does() -> None:
    seed = random.SystemRandom().getrandbits(32)
    rng, compared, answers = random.Random(seed), 0, set()
    while compared < CONDITIONS:
        try:
            made = writing.vocabulary(rng)
            read = parse(writing.condition(rng, made), made.names)
        except ConditionError:
            continue  # too long to be a condition at all
        compared += 1
        for _ in range(FACTS_EACH):
            facts = writing.facts(rng, made.names)
            expected = compile_python(read)(facts)
            answers.add(expected)
            truth = truths(read, facts)
            assert holds(words(read, speech=EXACTLY), truth) == expected, f"seed {seed}"
            assert holds(words(read, unless=True, speech=EXACTLY), truth) != expected, f"seed {seed}"
    assert answers == {True, False}
