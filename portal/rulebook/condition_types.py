"""What a condition consists of: the types of its facts, the checks it makes, and the tree they form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from portal.rulebook.decision import Value

Kind = Literal["bool", "int", "choice", "text", "date", "timestamp", "money", "set"]
Operator = Literal["is", "given", "==", "!=", "<", "<=", ">", ">=", "in", "has", "all in", "any in"]

NUMBER_LIMIT = 2**53  # from here on durable-rules answers wrongly, so no number may reach it


@dataclass(frozen=True)
class FactType:
    """What a fact may be. `unit` counts ints; `currency` (ISO 4217) money, in minor units.

    `codes` closes a choice or a set; None leaves it open. `scope` is claim, product or document.
    A fact that `may_be_absent` is None when it is; every check of it is then false, except `!=`.
    """

    type: Kind
    unit: str | None = None
    codes: frozenset[str] | None = None
    scope: str = "claim"
    may_be_absent: bool = False
    currency: str | None = None


@dataclass(frozen=True)
class Names:
    """Everything that a condition may name.

    `values` are written `value.NAME`; `defined` conditions and `attributes` (a fact and the codes
    for which the attribute is true) are expanded where they stand, so that a stored decision
    replays under the policy it was made by.
    """

    facts: Mapping[str, FactType]
    values: Mapping[str, int | str] = field(default_factory=dict)
    defined: Mapping[str, "Condition"] = field(default_factory=dict)
    sets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    attributes: Mapping[str, tuple[str, frozenset[str]]] = field(default_factory=dict)


class ConditionError(ValueError):
    """A condition that cannot be used: where (from 1, in characters), why, and what may be meant."""

    def __init__(self, column: int, line: int, sentence: str, suggestion: str | None = None) -> None:
        meant = f" — did you mean {suggestion}?" if suggestion else ""
        super().__init__(f"{line}:{column}: {sentence}{meant}")
        self.column = column
        self.line = line
        self.sentence = sentence
        self.suggestion = suggestion


@dataclass(frozen=True)
class Check:
    """One thing asked of one fact.

    `is`: the bool fact is true. `given`: it is not absent. `==` to `>=`: against a value, or
    against the fact named `other`. `in`: a choice among `codes`. `has`: the set holds `against`.
    `all in`, `any in`: the set and `codes`. `name` is the named value or set it was written with.
    Values within `codes` are of the fact's own type.
    """

    fact: str
    operator: Operator
    type: FactType
    against: Value = None
    other: str | None = None
    other_type: FactType | None = None
    codes: tuple[Value, ...] = ()
    name: str | None = None

    @property
    def facts(self) -> frozenset[str]:
        return frozenset((self.fact,) if self.other is None else (self.fact, self.other))


@dataclass(frozen=True)
class Always:
    """A condition that no fact changes."""

    truth: bool


@dataclass(frozen=True)
class Not:
    """What holds where `item` does not."""

    item: "Node"


@dataclass(frozen=True)
class And:
    """What holds where every item does."""

    items: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    """What holds where some item does."""

    items: tuple["Node", ...]


Node = Check | Always | Not | And | Or


@dataclass(frozen=True)
class Condition:
    """A typed condition. `facts` are those it reads, `scope` the items it is decided for.

    `size` counts its nodes after expansion and `depth` their nesting; both are bounded by `parse`.
    """

    root: Node
    types: Mapping[str, FactType] = field(compare=False, hash=False)
    scope: str
    size: int
    depth: int

    @property
    def facts(self) -> frozenset[str]:
        return frozenset(self.types)
