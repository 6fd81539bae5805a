"""Conditions of the rule files: a strict subset of CEL, typed when it is read, never executed as text."""

from portal.rulebook.comparing import held
from portal.rulebook.condition_types import (
    Always,
    And,
    Check,
    Condition,
    ConditionError,
    FactType,
    Names,
    Node,
    Not,
    Or,
)
from portal.rulebook.condition_typing import Typing
from portal.rulebook.grammar import read
from portal.rulebook.normal_form import Literal, alternatives
from portal.rulebook.python_evaluator import compile_python

__all__ = [
    "Always",
    "And",
    "Check",
    "Condition",
    "ConditionError",
    "FactType",
    "Literal",
    "Names",
    "Node",
    "Not",
    "Or",
    "alternatives",
    "compile_python",
    "held",
    "negated",
    "parse",
]


def parse(text: str, names: Names) -> Condition:
    """Return the condition that `text` states; raises ConditionError and nothing else, on any text."""
    return Typing(names).condition(read(text))


def negated(condition: Condition) -> Condition:
    """Return the condition that holds exactly where `condition` does not; what `unless` means."""
    root = condition.root.item if isinstance(condition.root, Not) else Not(condition.root)
    return Condition(root, condition.types, condition.scope, condition.size + 1, condition.depth + 1)
