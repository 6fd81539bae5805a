"""The comparisons that made a condition hold, worded for explanations."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from portal.rulebook.condition_types import Always, And, Check, Condition, Node, Not
from portal.rulebook.decision import Comparison, Value
from portal.rulebook.python_evaluator import check_holds

_OPPOSITE = {
    "is": "is not", "given": "not given", "==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<",
    "in": "not in", "has": "has not", "all in": "not all in", "any in": "none in",
}  # fmt: skip
_NUMBER = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least"}
_TIME = {"<": "before", "<=": "not after", ">": "after", ">=": "not before"}
_ONE = {
    "==": "the same as",
    "!=": "not",
    "in": "one of",
    "not in": "none of",
    "has": "with",
    "has not": "without",
    "all in": "all of them among",
    "not all in": "not all of them among",
    "any in": "some of them among",
    "none in": "none of them among",
}


def plain(_fact: str, value: Value) -> str:
    """Return `value` as text without knowledge of labels; `held` takes a better one."""
    if value is None:
        return "not given"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "empty"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M %Z}"
    return value.isoformat() if isinstance(value, date) else str(value)


def held(
    condition: Condition,
    facts: Mapping[str, Value],
    *,
    name_of: Callable[[str], str] = str,
    value_of: Callable[[str, Value], str] = plain,
) -> tuple[Comparison, ...]:
    """Return the comparisons that made the condition hold; none where it does not.

    `name_of` words a fact, `value_of` a value of a fact; both are the vocabulary's. Facts must be
    whole and typed. Operators besides those of the condition: `is not`, `given`, `not given`,
    `not in`, `has`, `has not`, `not all in`, `none in`, for what was negated.
    """
    found = _reasons(condition.root, True, facts) or ()
    kept: dict[tuple[Check, bool], Comparison] = {}
    for check, holds in found:
        kept.setdefault((check, holds), _comparison(check, holds, facts, name_of, value_of))
    return tuple(kept.values())


def _reasons(node: Node, wanted: bool, facts: Mapping[str, Value]) -> list[tuple[Check, bool]] | None:
    """Return the checks that make `node` come out as wanted, or None where it does not."""
    if isinstance(node, Check):
        return [(node, wanted)] if check_holds(node)(facts) == wanted else None
    if isinstance(node, Always):
        return [] if node.truth == wanted else None
    if isinstance(node, Not):
        return _reasons(node.item, not wanted, facts)
    parts = [_reasons(item, wanted, facts) for item in node.items]
    told = [part for part in parts if part is not None]
    if isinstance(node, And) == wanted and len(told) < len(parts):
        return None
    return [one for part in told for one in part] if told else None


def _comparison(
    check: Check,
    holds: bool,
    facts: Mapping[str, Value],
    name_of: Callable[[str], str],
    value_of: Callable[[str, Value], str],
) -> Comparison:
    value = facts[check.fact]
    sign = sign_of(check, holds)
    against: Value | tuple[str, ...] = facts[check.other] if check.other else check.against
    if check.operator in ("in", "all in", "any in"):
        against = tuple(plain(check.fact, code) for code in check.codes)
    if check.operator == "is":
        against = True
    words = f"{name_of(check.fact)} is {value_of(check.fact, value)}"
    if value is not None and check.operator not in ("is", "given") and (sign != "==" or check.other):
        words += f", {against_in_words(check, sign, name_of, value_of)}"
        words += f" ({value_of(check.other, facts[check.other])})" if check.other else ""
    return Comparison(check.fact, value, sign, against, words)


def sign_of(check: Check, holds: bool) -> str:
    """Return the operator of a check that holds, or the opposite one of a check that does not."""
    return check.operator if holds else _OPPOSITE[check.operator]


def against_in_words(
    check: Check, sign: str, name_of: Callable[[str], str], value_of: Callable[[str, Value], str]
) -> str:
    """Return what a check compares with, such as "at least 1", "not Approved" or "one of A, B"."""
    ordered = _TIME if check.type.type in ("date", "timestamp") else _NUMBER
    verb = ordered.get(sign) or _ONE[sign]
    if check.other:
        return f"{verb} {name_of(check.other)}"
    if check.operator in ("has", "all in", "any in"):
        codes = (check.against,) if check.operator == "has" else check.codes
        words = [value_of(check.fact, frozenset((str(code),))) for code in codes]
    elif check.operator == "in":
        words = [value_of(check.fact, code) for code in check.codes]
    else:
        words = [value_of(check.fact, check.against)]
    return f"{verb} {', '.join(words) or 'nothing'}"
