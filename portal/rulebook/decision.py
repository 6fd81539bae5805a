"""What a decision is: its outcome, every reason with the comparisons that held, its trace and its policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

Value = bool | int | str | date | datetime | frozenset[str] | None

ALLOWED = "allowed"
REFUSED = "refused"


@dataclass(frozen=True)
class Facts:
    """Everything that one decision may read, by fact name.

    `claim` holds the facts of scope claim (with the actor's and `input.*`), `products` and
    `documents` one mapping an item. An absent fact that may be absent is None.
    """

    claim: Mapping[str, Value]
    products: tuple[Mapping[str, Value], ...] = ()
    documents: tuple[Mapping[str, Value], ...] = ()


@dataclass(frozen=True)
class Comparison:
    """One comparison of a condition that held: the fact, its value, and what it was held against."""

    fact: str
    value: Value
    operator: str  # ==, !=, <, <=, >, >=, in, all in, any in, is, is not
    against: Value | tuple[str, ...]
    words: str  # "claim.disputes_used is 1, at most 1" in the terms of the vocabulary


@dataclass(frozen=True)
class Reason:
    """Why a decision came out as it did."""

    code: str  # the rule's id
    text: str  # the rule's `say`, filled
    file: str
    line: int
    source: str | None
    comparisons: tuple[Comparison, ...] = ()
    subject: str | None = None  # the product or document concerned, by its label
    instead: str | None = None  # an action to offer


@dataclass(frozen=True)
class Traced:
    """One rule that was asked, and whether it fired."""

    code: str
    file: str
    line: int
    fired: bool
    subject: str | None = None


@dataclass(frozen=True)
class Decision:
    """The answer to one question about one claim. `allowed` is meant for transitions."""

    question: str
    outcome: str
    reasons: tuple[Reason, ...]
    trace: tuple[Traced, ...]
    policy_version: str
    roles_version: str
    facts: Facts = field(repr=False)

    @property
    def allowed(self) -> bool:
        return self.outcome == ALLOWED


class CouldNotBeDecided(Exception):
    """The engine and the evaluator differ, the engine is missing, or the facts break an axiom.

    Nothing may change on it. `why` is one sentence for the log and the operator, without claim data.
    `policy_version` and `facts` are what was decided by and from, "" and None where the question never
    got that far; they are for the log, so that the decision can be tried again.
    """

    def __init__(self, question: str, why: str) -> None:
        super().__init__(f"{question}: {why}")
        self.question = question
        self.why = why
        self.policy_version = ""
        self.facts: Facts | None = None
        self.noted = False  # whether it is in the log, so that whoever handles it next leaves it at that
