"""Conditions as alternatives (disjunctive normal form): what the engine's rules and proofs are made of."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from portal.rulebook.condition_types import Always, Check, Condition, ConditionError, Node, Not, Or

ALTERNATIVES_LIMIT = 60  # durable-rules fails beyond 64 rules matched by one fact
LITERALS_LIMIT = 60  # sibling conditions of one rule; at 512 durable-rules never ends compiling


@dataclass(frozen=True)
class Literal:
    """A check that holds, or one that does not."""

    check: Check
    holds: bool


Alternative = frozenset[Literal]


def alternatives(condition: Condition) -> tuple[tuple[Literal, ...], ...]:
    """Return the alternatives of which one must hold, each a tuple of literals that all hold.

    No alternative at all means never, an empty one always. `in [..]` is split into its values, so
    that only `is`, `given`, `has`, `all in`, `any in`, `==`, `<`, `<=`, `>`, `>=` remain. Raises
    ConditionError above 60 alternatives.
    """
    found = _alternatives(condition.root, True)
    return tuple(tuple(sorted(one, key=_place)) for one in found)


def _alternatives(node: Node, holds: bool) -> list[Alternative]:
    if isinstance(node, Check):
        return _of_check(node, holds)
    if isinstance(node, Always):
        return [frozenset()] if node.truth == holds else []
    if isinstance(node, Not):
        return _alternatives(node.item, not holds)
    parts = [_alternatives(item, holds) for item in node.items]
    if isinstance(node, Or) == holds:
        return _least(alternative for part in parts for alternative in part)
    found: list[Alternative] = [frozenset()]
    # The shortest first, so that contradictions are met before the product grows.
    for part in sorted(parts, key=len):
        found = _least(one | two for one in found for two in part if not _contradict(one, two))
    return found


def _of_check(check: Check, holds: bool) -> list[Alternative]:
    if check.operator == "!=":
        return _of_check(replace(check, operator="=="), not holds)
    if check.operator != "in":
        return [frozenset((Literal(check, holds),))]
    each = [Literal(Check(check.fact, "==", check.type, against=value), holds) for value in check.codes]
    if holds:
        return _least(frozenset((one,)) for one in each)
    return _least([frozenset(each)])


def _contradict(one: Alternative, two: Alternative) -> bool:
    return any(Literal(literal.check, not literal.holds) in two for literal in one)


def _least(found: Iterable[Alternative]) -> list[Alternative]:
    """Drop repetitions and every alternative that holds only where a shorter one does."""
    kept: list[Alternative] = []
    for one in found:
        if len(one) > LITERALS_LIMIT:
            raise ConditionError(1, 1, f"the condition asks more than {LITERALS_LIMIT} things at once")
        if any(other <= one for other in kept):
            continue
        kept = [other for other in kept if not one <= other]
        kept.append(one)
        if len(kept) > ALTERNATIVES_LIMIT:
            raise ConditionError(1, 1, f"the condition has more than {ALTERNATIVES_LIMIT} alternatives")
    return kept


def _place(literal: Literal) -> tuple[str, str, str, bool]:
    check = literal.check
    return check.fact, check.operator, f"{check.against}|{check.other}|{check.codes}", literal.holds
