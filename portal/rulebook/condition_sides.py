"""What may stand on a side of a comparison: facts, literals, named values and whole defined conditions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import NoReturn

from lark import Token, Tree

from portal.rulebook.condition_types import (
    NUMBER_LIMIT,
    Check,
    ConditionError,
    FactType,
    Names,
    Node,
)
from portal.rulebook.decision import Value
from portal.rulebook.typed_facts import microseconds

SIZE_LIMIT = 500  # nodes, after expansion
DEPTH_LIMIT = 40  # of a condition that others name

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


@dataclass(frozen=True)
class Fact:
    """A fact, by name."""

    name: str
    type: FactType


@dataclass(frozen=True)
class Given:
    """A literal or a named value."""

    value: Value
    name: str | None = None


@dataclass(frozen=True)
class Truth:
    """A defined condition or an attribute, standing where a value stands."""

    node: Node


Side = Fact | Given | Truth


class Sides:
    """Resolves names; collects the facts read (`types`) and what expansion weighs."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.types: dict[str, FactType] = {}
        self.size = 0
        self.expanded_depth = 0

    def side(self, tree: Tree[Token] | Token, name: str | None = None) -> Side:
        """Return what a literal, a name or a call means; `name` stands in for the token's own text."""
        if isinstance(tree, Tree):
            return Given(_called(tree))
        if tree.type == "NAME":
            return self._named(tree, name or str(tree))
        if tree.type == "INT":
            if len(tree) > 17 or abs(int(tree)) >= NUMBER_LIMIT:
                fail(tree, "the number is too large")
            return Given(int(tree))
        if tree.type == "TEXT":
            return Given(str(tree)[1:-1])
        return Given({"TRUE": True, "FALSE": False, "NULL": None}[tree.type])

    def _named(self, token: Token, name: str) -> Side:
        names = self._names
        if name in names.facts:
            self.types[name] = names.facts[name]
            return Fact(name, names.facts[name])
        if name in names.defined:
            found = names.defined[name]
            self.types.update(found.types)
            self.weigh(token, found.size)
            self.expanded_depth = max(self.expanded_depth, found.depth)
            if self.expanded_depth > DEPTH_LIMIT:
                fail(token, "the defined conditions are nested too deep")
            return Truth(found.root)
        if name in names.attributes:
            fact, codes = names.attributes[name]
            self.types[fact] = names.facts[fact]
            self.weigh(token, len(codes))
            return Truth(Check(fact, "in", names.facts[fact], codes=tuple(sorted(codes)), name=name))
        kind, _, short = name.partition(".")
        if kind == "value" and short in names.values:
            return Given(names.values[short], name)
        values = [f"value.{one}" for one in names.values]
        known = values if kind == "value" else [*names.facts, *names.defined, *names.attributes, *values]
        what = "value" if kind == "value" else "fact"
        return fail(token, f"unknown {what} {name}", close(name, known))

    def weigh(self, tree: Tree[Token] | Token, nodes: int) -> None:
        """Count nodes, and refuse what expansion makes too large."""
        self.size += nodes
        if self.size > SIZE_LIMIT:
            fail(tree, f"the condition asks more than {SIZE_LIMIT} things")


def close(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like `name`, if any is like it."""
    found = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return found[0] if found else None


def fail(tree: Tree[Token] | Token, sentence: str, suggestion: str | None = None) -> NoReturn:
    """Raise the ConditionError of this place."""
    where = tree if isinstance(tree, Token) else tree.meta
    raise ConditionError(where.column or 1, where.line or 1, sentence, suggestion)


def _called(tree: Tree[Token]) -> date | datetime:
    name, text = str(tree.children[0]), str(tree.children[1])[1:-1]
    if name not in ("date", "timestamp"):
        fail(tree, f"{name}(..) is not known", close(name, ("date", "timestamp")))
    try:
        if name == "date" and _DATE.fullmatch(text):
            return date.fromisoformat(text)
        if name == "timestamp" and _MOMENT.fullmatch(text):
            moment = datetime.fromisoformat(text).astimezone(UTC)
            if abs(microseconds(moment)) < NUMBER_LIMIT:
                return moment
    except (ValueError, OverflowError):
        pass  # such as the 31st of February; worded below
    form = "2026-12-31" if name == "date" else "2026-12-31T12:00:00Z"
    return fail(tree, f'"{text[:40]}" is no {name}; write {name}("{form}")')
