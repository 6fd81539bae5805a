"""Why a condition held: the comparisons that made it so, in words."""

import pytest

from portal.rulebook.check_words import Speech
from portal.rulebook.conditions import held, parse
from portal.rulebook.decision import Value
from tests.portal.rulebook.condition_vocabulary import FACTS, NAMES

BOTH, LOOKS_FOR = "duplicate, incomplete", "(the rule looks for:"


def words(text: str, **changed: Value) -> list[str]:
    facts = {**FACTS, **{name.replace("__", "."): value for name, value in changed.items()}}
    return [one.words for one in held(parse(text, NAMES), facts)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("claim.round >= value.disputes_at_most", ["claim.round: 2 (the rule looks for: at least 1)"]),
        ("!(claim.round < 1)", ["claim.round: 2 (the rule looks for: at least 1)"]),
        ("claim.round == 2 || claim.has_location", ["claim.round: 2", "claim.has_location: yes"]),
        ("claim.round == 9 || claim.has_location", ["claim.has_location: yes"]),
        ("claim.round == 2 && claim.round == 9", []),
        ("!(claim.round == 9 && claim.has_location)", ["claim.round: 2 (the rule looks for: not 9)"]),
        ("!product.has_subscription", ["product.has_subscription: no"]),
        ("!claim.is_disputable", [
            f"claim.rejection_reasons: {BOTH} {LOOKS_FOR} something other than incomplete and other)",
        ]),
        ('"duplicate" in claim.rejection_reasons', [
            "claim.rejection_reasons: duplicate, incomplete (the rule looks for: “duplicate” is among them)",
        ]),
        ('claim.due_on < date("2026-12-01")', [
            "claim.due_on: 2026-11-30 (the rule looks for: before 2026-12-01)",
        ]),
        ("claim.round > claim.first_round", [
            "claim.round: 2 (the rule looks for: more than “claim.first_round”, which is 1)",
        ]),
        ("claim.sent_on == null", ["claim.sent_on: not given"]),
        ('claim.sent_on != date("2026-12-01")', ["claim.sent_on: not given"]),
        ("activity.can_earn", ["claim.activity: migrate (the rule looks for: migrate)"]),
        ("true", []),
    ],
)  # fmt: skip
def test_the_comparisons_that_held_are_told(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_comparisons_carry_values_and_the_vocabularys_words() -> None:
    read = parse("claim.disputes_used >= value.disputes_at_most", NAMES)
    (found,) = held(
        read,
        {**FACTS, "claim.disputes_used": 3},
        Speech(name_of=lambda _: "Disputes", value_of=lambda _, value: f"<{value}>"),
    )
    assert (found.fact, found.value, found.operator, found.against) == ("claim.disputes_used", 3, ">=", 1)
    assert found.words == "Disputes: <3> (the rule looks for: at least <1>)"
