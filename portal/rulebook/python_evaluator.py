"""Conditions compiled to plain Python closures, sharing nothing with the engine."""

import operator
from collections.abc import Callable, Mapping
from typing import Any, cast

from portal.rulebook.condition_types import Always, And, Check, Condition, Node, Not
from portal.rulebook.decision import Value

Evaluated = Callable[[Mapping[str, Value]], bool]

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def compile_python(condition: Condition) -> Evaluated:
    """Return a function from facts to whether the condition holds.

    The facts must be whole and typed (see `typed_facts.require`); a missing one raises KeyError.
    """
    return _node(condition.root)


def check_holds(check: Check) -> Evaluated:
    """Return a function from facts to whether one check holds; an absent fact fails all but `!=`."""
    return _check(check)


def _node(node: Node) -> Evaluated:
    if isinstance(node, Check):
        return _check(node)
    if isinstance(node, Always):
        truth = node.truth
        return lambda _facts: truth
    if isinstance(node, Not):
        item = _node(node.item)
        return lambda facts: not item(facts)
    items = tuple(_node(item) for item in node.items)
    if isinstance(node, And):
        return lambda facts: all(item(facts) for item in items)
    return lambda facts: any(item(facts) for item in items)


def _check(check: Check) -> Evaluated:
    fact = check.fact
    if check.operator == "is":
        return lambda facts: facts[fact] is True
    if check.operator == "given":
        return lambda facts: facts[fact] is not None
    if check.operator == "in":
        codes = frozenset(check.codes)
        return lambda facts: facts[fact] in codes
    if check.operator in ("has", "all in", "any in"):
        return _set_check(check, frozenset(check.codes))
    if check.operator == "!=":
        same = _compared(check, operator.eq)
        return lambda facts: not same(facts)
    return _compared(check, _COMPARED[check.operator])


def _compared(check: Check, sign: Callable[[Any, Any], bool]) -> Evaluated:
    """Return a comparison that is false where either side is absent."""
    fact, other, against = check.fact, check.other, check.against
    if other is None:
        return lambda facts: facts[fact] is not None and sign(facts[fact], against)
    return lambda facts: (
        facts[fact] is not None and facts[other] is not None and sign(facts[fact], facts[other])
    )


def _set_check(check: Check, codes: frozenset[Value]) -> Evaluated:
    fact, against = check.fact, check.against

    def held(facts: Mapping[str, Value]) -> bool:
        found = cast("frozenset[str] | None", facts[fact])
        if found is None:
            return False
        if check.operator == "has":
            return against in found
        return found <= codes if check.operator == "all in" else bool(found & codes)

    return held
