"""Conditions: what they mean, what is refused and where, and that no text breaks the parser."""

from dataclasses import replace

import cel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.rulebook.conditions import (
    Condition,
    ConditionError,
    alternatives,
    compile_python,
    negated,
    parse,
)
from portal.rulebook.decision import Value
from tests.portal.rulebook.condition_vocabulary import FACTS, NAMES


def holds(text: str, **changed: Value) -> bool:
    facts = {**FACTS, **{name.replace("__", "."): value for name, value in changed.items()}}
    return compile_python(parse(text, NAMES))(facts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("claim.has_location", True),
        ("!claim.has_location", False),
        ("!!claim.has_location", True),
        ("claim.has_location == false", False),
        ("claim.round == 2 && claim.disputes_used == 0", True),
        ("claim.round == 3 || claim.disputes_used == 0", True),
        # && binds closer than ||, as in CEL
        ("true || claim.round == 9 && claim.round == 8", True),
        ("(true || claim.round == 9) && claim.round == 8", False),
        ("!(claim.round == 2)", False),
        ("1 < claim.round", True),
        ("2 < claim.round", False),
        ("claim.round >= claim.first_round", True),
        ("claim.disputes_used >= value.disputes_at_most", False),
        ("claim.round in [1, value.disputes_at_most, 2]", True),
        ('claim.activity in ["deploy"]', False),
        ("claim.activity == 'migrate'", True),
        ('claim.note == "it\'s"', True),
        ('claim.due_on < date("2026-12-01")', True),
        ('claim.due_on <= date("2026-11-30")', True),
        ('claim.told_at > timestamp("2026-11-23T16:59:59.999999Z")', True),
        ('claim.told_at == timestamp("2026-11-23T12:00:00-05:00")', True),
        ("claim.revenue > 14999", True),
        ('"duplicate" in claim.rejection_reasons', True),
        ("value.odd in claim.rejection_reasons", False),
        ("claim.rejection_reasons.all(r, r in disputable)", False),
        ("claim.rejection_reasons.exists(r, r in grave)", True),
        ("claim.is_disputable", False),
        ("claim.is_disputable == false", True),
        ("activity.can_earn", True),
        ("claim.due_on != null && claim.sent_on == null", True),
    ],
)
def test_a_condition_means_what_cel_means(text: str, expected: bool) -> None:
    assert holds(text) is expected
    assert compile_python(negated(parse(text, NAMES)))(FACTS) is not expected


@pytest.mark.parametrize("sign", ["==", "<", "<=", ">", ">="])
@pytest.mark.parametrize("against", ['date("2026-01-01")', "claim.due_on"])
def test_every_comparison_with_an_absent_fact_is_false(sign: str, against: str) -> None:
    assert not holds(f"claim.sent_on {sign} {against}")
    assert holds(f"!(claim.sent_on {sign} {against})")


def test_an_absent_fact_differs_from_everything_even_from_another_absent_one() -> None:
    assert holds('claim.sent_on != date("2026-01-01")')
    assert holds("claim.sent_on != claim.due_on", claim__due_on=None)
    assert not holds("claim.sent_on == claim.due_on", claim__due_on=None)
    assert not holds("activity.can_earn", claim__activity=None)
    assert not holds('claim.activity in ["migrate", "deploy"]', claim__activity=None)


def test_facts_and_scope_are_those_that_are_read_after_expansion() -> None:
    read = parse("claim.is_disputable && !product.has_subscription && activity.can_earn", NAMES)
    assert read.facts == {
        "claim.disputes_used", "claim.rejection_reasons", "product.has_subscription", "claim.activity",
    }  # fmt: skip
    assert read.scope == "product"
    assert parse("claim.has_location", NAMES).scope == "claim"
    with pytest.raises(ConditionError, match="one item at a time, not document and product"):
        parse("product.has_subscription && document.pages == 1", NAMES)


@pytest.mark.parametrize(
    ("text", "line", "column", "sentence", "suggestion"),
    [
        ("claim.dispute_used > 1", 1, 1, "unknown fact claim.dispute_used", "claim.disputes_used"),
        ("claim.has_location &&\n  claim.rond == 1", 2, 3, "unknown fact claim.rond", "claim.round"),
        ("claim.round == value.disputes_atmost", 1, 16, "unknown value", "value.disputes_at_most"),
        ("claim.rejection_reasons.all(r, r in disputabel)", 1, 37, "unknown set disputabel", "disputable"),
        ("claim.rejection_reasons.any(r, r in grave)", 1, 1, "any(..) is not known", None),
        ("claim.rejection_reasons.all(r, s in grave)", 1, 1, "the same short name twice", None),
        ("claim.activity == 'migrat'", 1, 19, 'claim.activity is never "migrat"', "migrate"),
        ("'dup' in claim.rejection_reasons", 1, 1, "is never", None),
        ("claim.round == 'two'", 1, 16, 'claim.round is a number, "two" is not', None),
        ("claim.round == claim.disputes_used", 1, 1, "counts rounds, claim.disputes_used disputes", None),
        ("claim.revenue > claim.fee", 1, 1, "in USD and claim.fee in EUR", None),
        ("claim.round == claim.revenue", 1, 1, "is a number, claim.revenue is an amount of money", None),
        ("claim.activity < 'migrate'", 1, 18, "has no order", None),
        ("claim.round == claim.round", 1, 1, "compared with itself", None),
        ("claim.round == null", 1, 16, "is never absent", None),
        ("claim.round", 1, 1, "is a number; compare it with something", None),
        ("1 == 1", 1, 1, "needs a fact on one side", None),
        ("value.odd", 1, 1, "a value alone is not a condition", None),
        ("claim.round = 1", 1, 13, "= does not belong here", "=="),
        ("claim.has_location and true", 1, 20, "and does not belong here", "&&"),
        ("not claim.has_location", 1, 5, "does not belong here", None),
        ("!claim.round == 1", 1, 14, "put what is negated in parentheses", None),
        ("claim.round + 1 == 2", 1, 13, "+ does not belong here", None),
        ("claim.round == 1.5", 1, 16, "1.5 does not belong here", None),
        ("claim.round == 010", 1, 16, "010 does not belong here", None),
        ("claim.round == 9007199254740992", 1, 16, "too large", None),
        ("size(claim.note) > 1", 1, 16, ") does not belong here", None),
        ('claim.note == "a\\"', 1, 15, "a text ends on the line it begins on", None),
        ('claim.due_on == date("2026-02-30")', 1, 17, "is no date", None),
        ('claim.due_on == date("2026-W01-1")', 1, 17, "is no date", None),
        ('claim.told_at == timestamp("2026-02-03T10:00:00")', 1, 18, "is no timestamp", None),
        ('claim.told_at == timestamp("9999-02-03T10:00:00Z")', 1, 18, "is no timestamp", None),
        ("claim.round ==", 1, 15, "ends too early", None),
        ("(claim.round == 1", 1, 18, "ends too early", None),
        ("", 1, 1, "is empty", None),
    ],
)
def test_a_mistake_is_told_with_its_place(
    text: str, line: int, column: int, sentence: str, suggestion: str | None
) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text, NAMES)
    error = caught.value
    assert sentence in error.sentence
    assert (error.line, error.column, error.suggestion) == (line, column, suggestion)


# ── bounds and garbage ─────────────────────────────────────────────────────────────────────────

TOKENS = [
    *NAMES.facts, "value.odd", "value.disputes_at_most", "claim.is_disputable", "activity.can_earn", "grave",
    "==", "!=", "<", "<=", ">", ">=", "&&", "||", "!", "(", ")", "[", "]", ",", "in", "true", "false", "null",
    "0", "1", "-3", '"migrate"', "'incomplete'", "claim.rejection_reasons.all(r, r in disputable)", ".all",
    'date("2026-01-01")', 'timestamp("2026-01-01T00:00:00Z")', ".exists", "\n", "?", ":", "+", "\\", '"', "é",
    "claim.round == 1", "claim.activity in ['migrate']", "=", "1.5", "1u", "//", "has(", "\ud800", "😀",
    "\x00", "r",
]  # fmt: skip


def answer(text: str) -> Condition | ConditionError:
    try:
        return parse(text, NAMES)
    except ConditionError as error:
        return error


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(TOKENS), max_size=14).map(" ".join)))
def test_any_text_is_a_condition_or_a_mistake_with_a_place(text: str) -> None:
    read = answer(text)
    if isinstance(read, ConditionError):
        lines = text.split("\n")
        assert 1 <= read.line <= len(lines)
        assert 1 <= read.column <= len(lines[read.line - 1]) + 1
        assert read.sentence
        return
    assert isinstance(compile_python(read)(FACTS), bool)
    cel.compile(text)  # what the portal reads is CEL: another implementation reads it too


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1900,
        "(" * 900 + "true" + ")" * 900,
        "!" * 1990 + "true",
        "!(" * 600,
        "true" + " && true" * 240,
        "claim.round in [" + "1," * 900 + "1]",
        "x" * 100_000,
        '"' * 1999,
        "claim.round == " + "9" * 1900,
        ".".join("a" * 900),
    ],
)
def test_texts_without_measure_are_answered(text: str) -> None:
    assert isinstance(answer(text), Condition | ConditionError)


def test_defined_conditions_cannot_grow_without_measure() -> None:
    names = replace(NAMES, defined={"claim.d0": parse("claim.has_location", NAMES)})
    for number in range(6):
        twice = parse(f"claim.d{number} || !claim.d{number}", names)
        names = replace(names, defined={**names.defined, f"claim.d{number + 1}": twice})
    assert names.defined["claim.d6"].size > 200
    with pytest.raises(ConditionError, match="more than 500 things"):
        parse("(claim.d6 || claim.d6) && claim.d6", names)


def test_alternatives_are_bounded() -> None:
    either = " && ".join(f"(claim.round == {n} || claim.first_round == {n})" for n in range(7))
    with pytest.raises(ConditionError, match="more than 60 alternatives"):
        alternatives(parse(either, NAMES))
    assert len(alternatives(parse(either.replace("&&", "||"), NAMES))) == 14


def test_alternatives_drop_what_cannot_be_and_what_adds_nothing() -> None:
    def texts(text: str) -> list[list[tuple[str, str, Value, bool]]]:
        found = alternatives(parse(text, NAMES))
        return [
            [(one.check.fact, one.check.operator, one.check.against, one.holds) for one in part]
            for part in found
        ]

    location = ("claim.has_location", "is", None, True)
    assert texts("claim.has_location && !claim.has_location") == []
    assert texts("true") == [[]]
    assert texts("claim.has_location || claim.has_location && claim.round == 1") == [[location]]
    assert texts("!(claim.round in [1, 2])") == [
        [("claim.round", "==", 1, False), ("claim.round", "==", 2, False)],
    ]
    assert texts("claim.round != 1") == [[("claim.round", "==", 1, False)]]


def test_a_condition_cannot_be_changed() -> None:
    read: Condition = parse("claim.has_location", NAMES)
    with pytest.raises(AttributeError):
        read.scope = "product"  # type: ignore[misc]  # what the test is about
