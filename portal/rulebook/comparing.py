"""The comparisons that made a condition hold, worded for explanations."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from portal.languages.sentences import gettext, lazy_gettext
from portal.rulebook.condition_types import Always, And, Check, Condition, Node, Not
from portal.rulebook.decision import Comparison, Value
from portal.rulebook.python_evaluator import check_holds

# stays English: operators
_OPPOSITE = {
    "is": "is not", "given": "not given", "==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<",
    "in": "not in", "has": "has not", "all in": "not all in", "any in": "none in",
}  # fmt: skip
_NUMBER = {
    "<": lazy_gettext("less than %(value)s"),
    "<=": lazy_gettext("at most %(value)s"),
    ">": lazy_gettext("more than %(value)s"),
    ">=": lazy_gettext("at least %(value)s"),
}
_TIME = {
    "<": lazy_gettext("before %(value)s"),
    "<=": lazy_gettext("not after %(value)s"),
    ">": lazy_gettext("after %(value)s"),
    ">=": lazy_gettext("not before %(value)s"),
}
# stays English: the operators are no words, and the words are marked
_ONE = {
    "==": lazy_gettext("the same as %(value)s"),
    "!=": lazy_gettext("not %(value)s"),
    "in": lazy_gettext("one of %(value)s"),
    "not in": lazy_gettext("none of %(value)s"),
    "has": lazy_gettext("with %(value)s"),
    "has not": lazy_gettext("without %(value)s"),
    "all in": lazy_gettext("all of them among %(value)s"),
    "not all in": lazy_gettext("not all of them among %(value)s"),
    "any in": lazy_gettext("some of them among %(value)s"),
    "none in": lazy_gettext("none of them among %(value)s"),
}


def plain(_fact: str, value: Value) -> str:
    """Return `value` as text without knowledge of labels; `held` takes a better one."""
    if value is None:
        return "not given"  # stays English: pages take the vocabulary's words
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
    if check.operator in ("in", "all in", "any in"):  # stays English: operators
        against = tuple(plain(check.fact, code) for code in check.codes)
    if check.operator == "is":
        against = True
    said = {"fact": name_of(check.fact), "value": value_of(check.fact, value)}
    if value is None or check.operator in ("is", "given") or (sign == "==" and not check.other):
        words = gettext("%(fact)s is %(value)s", **said)
    else:
        said["against"] = against_in_words(check, sign, name_of, value_of)
        if check.other:
            said["other"] = value_of(check.other, facts[check.other])
            words = gettext("%(fact)s is %(value)s, %(against)s (%(other)s)", **said)
        else:
            words = gettext("%(fact)s is %(value)s, %(against)s", **said)
    return Comparison(check.fact, value, sign, against, words)


def sign_of(check: Check, holds: bool) -> str:
    """Return the operator of a check that holds, or the opposite one of a check that does not."""
    return check.operator if holds else _OPPOSITE[check.operator]


def against_in_words(
    check: Check, sign: str, name_of: Callable[[str], str], value_of: Callable[[str, Value], str]
) -> str:
    """Return what a check compares with, such as "at least 1", "not Approved" or "one of A, B"."""
    ordered = _TIME if check.type.type in ("date", "timestamp") else _NUMBER
    said = ordered.get(sign) or _ONE[sign]
    if check.other:
        return said % {"value": name_of(check.other)}
    if check.operator in ("has", "all in", "any in"):  # stays English: operators
        codes = (check.against,) if check.operator == "has" else check.codes
        words = [value_of(check.fact, frozenset((str(code),))) for code in codes]
    elif check.operator == "in":
        words = [value_of(check.fact, code) for code in check.codes]
    else:
        words = [value_of(check.fact, check.against)]
    return said % {"value": ", ".join(words) or gettext("nothing")}
