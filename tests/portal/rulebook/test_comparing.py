"""Why a condition held: the comparisons that made it so, in words."""

import pytest

from portal.rulebook.conditions import held, parse
from portal.rulebook.decision import Value
from tests.portal.rulebook.condition_vocabulary import FACTS, NAMES


def words(text: str, **changed: Value) -> list[str]:
    facts = {**FACTS, **{name.replace("__", "."): value for name, value in changed.items()}}
    return [one.words for one in held(parse(text, NAMES), facts)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("claim.round >= value.disputes_at_most", ["claim.round is 2, at least 1"]),
        ("!(claim.round < 1)", ["claim.round is 2, at least 1"]),
        ("claim.round == 2 || claim.has_location", ["claim.round is 2", "claim.has_location is true"]),
        ("claim.round == 9 || claim.has_location", ["claim.has_location is true"]),
        ("claim.round == 2 && claim.round == 9", []),
        ("!(claim.round == 9 && claim.has_location)", ["claim.round is 2, not 9"]),
        ("!product.has_subscription", ["product.has_subscription is false"]),
        ("!claim.is_disputable", [
            "claim.rejection_reasons is duplicate, incomplete, not all of them among incomplete, other",
        ]),
        ('"duplicate" in claim.rejection_reasons', [
            "claim.rejection_reasons is duplicate, incomplete, with duplicate",
        ]),
        ('claim.due_on < date("2026-12-01")', ["claim.due_on is 2026-11-30, before 2026-12-01"]),
        ("claim.round > claim.first_round", ["claim.round is 2, more than claim.first_round (1)"]),
        ("claim.sent_on == null", ["claim.sent_on is not given"]),
        ('claim.sent_on != date("2026-12-01")', ["claim.sent_on is not given"]),
        ("activity.can_earn", ["claim.activity is migrate, one of migrate"]),
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
        name_of=lambda _: "Disputes",
        value_of=lambda _, value: f"<{value}>",
    )
    assert (found.fact, found.value, found.operator, found.against) == ("claim.disputes_used", 3, ">=", 1)
    assert found.words == "Disputes is <3>, at least <1>"
