"""Writes random vocabularies, conditions and facts from a seed, and says them to Rust CEL."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import cel

from portal.rulebook.condition_types import Always, And, Check, Condition, FactType, Names, Node, Not
from portal.rulebook.conditions import parse
from portal.rulebook.decision import Value

CODES = ("alpha", "beta", "gamma", "delta", "liquid", "costarring")
TEXTS = (
    "", "1", "01", "true", "null", "a", "A", "a ", " a", "liquid", "costarring", "é", "é", "😀", "$m", "_k",
    "{", "}", "a,b", "a:b", "[1]", "-", "0.5", "z" * 150, "'quoted'",
)  # fmt: skip
UNWRITABLE_TEXTS = (
    'quo"te',
    "back\\slash",
    '\\"',
    "new\nline",
    "tab\t",
    "\x01",
    "end\\",
    "\\u0041",
    "x" * 30000,
    "z" * 151,
)
NUMBERS = (0, 1, 2, 3, -1, 7, 60, 2**31, 2**31 - 1, 2**32, 2**53 - 1, 1 - 2**53, 10**12)
DATES = tuple(date(2026, 11, 20) + timedelta(days=days) for days in (0, 1, 2, 40, -400, 12000))
MOMENTS = tuple(
    datetime(2026, 11, 20, 23, 59, 59, 999999, tzinfo=UTC) + timedelta(microseconds=microseconds)
    for microseconds in (0, 1, -1, 86_400_000_000, -(10**15))
)
SCALARS = ("bool", "int", "choice", "text", "date", "timestamp", "money")


@dataclass
class Vocabulary:
    """One random vocabulary, with what CEL needs to read the same names."""

    names: Names
    defined_texts: dict[str, str] = field(default_factory=dict)


def vocabulary(rng: random.Random) -> Vocabulary:
    facts: dict[str, FactType] = {}
    for number, kind in enumerate([*SCALARS, *rng.choices([*SCALARS, "set"], k=9), "set"]):
        name = f"{rng.choice(('claim', 'evidence', 'clock'))}.f{number}_{kind}"
        if kind == "bool":
            facts[name] = FactType("bool")
            continue
        facts[name] = FactType(
            kind,  # type: ignore[arg-type]  # one of the names above
            unit=rng.choice((None, "months")) if kind == "int" else None,
            codes=frozenset(CODES) if kind in ("choice", "set") and rng.random() < 0.8 else None,
            may_be_absent=rng.random() < 0.4,
            currency="USD" if kind == "money" else None,
        )
    choices = [name for name, type_ in facts.items() if type_.type == "choice"]
    names = Names(
        facts=facts,
        values={"few": rng.choice(NUMBERS[:5]), "word": rng.choice(CODES)},
        sets={"some": frozenset(rng.sample(CODES, 3)), "none": frozenset(), "every": frozenset(CODES)},
        attributes={"activity.can_earn": (choices[0], frozenset(rng.sample(CODES, rng.randint(0, 4))))},
    )
    made = Vocabulary(names)
    for name in ("claim.is_ready", "claim.is_odd"):
        text = condition(rng, made, 2)
        made.defined_texts[name] = text
        made.names = Names(
            names.facts, names.values, {**made.names.defined, name: parse(text, made.names)}, names.sets,
            names.attributes,
        )  # fmt: skip
    return made


def condition(rng: random.Random, made: Vocabulary, depth: int = 3) -> str:
    """Return the text of a condition whose parentheses and negations CEL reads as the portal does."""
    draw = rng.random()
    if depth == 0 or draw < 0.35:
        return _leaf(rng, made)
    if draw < 0.5:
        return f"!({condition(rng, made, depth - 1)})"
    sign = rng.choice((" && ", " || ", "&&", "\n||  "))
    parts = [condition(rng, made, depth - 1) for _ in range(rng.randint(2, 3))]
    return sign.join(f"({part})" if rng.random() < 0.9 else part for part in parts)


def _leaf(rng: random.Random, made: Vocabulary) -> str:
    names = made.names
    draw = rng.random()
    if draw < 0.08:
        return rng.choice(
            ("activity.can_earn", "!activity.can_earn", *names.defined, "true", "false", "!!true")
        )
    fact, type_ = rng.choice(list(names.facts.items()))
    if type_.may_be_absent and draw < 0.18:
        return f"{fact} {rng.choice(('==', '!='))} null"
    if type_.type == "bool":
        return rng.choice(
            (fact, f"!{fact}", f"{fact} == true", f"{fact} != true", f"false == {fact}", f"{fact}!=false")
        )
    if type_.type == "set":
        macro = f"{fact}.{rng.choice(('all', 'exists'))}(r, r in {rng.choice(list(names.sets))})"
        return rng.choice((macro, f"!{macro}", f'"{rng.choice(CODES)}" in {fact}', f"value.word in {fact}"))
    twins = [
        name
        for name, other in names.facts.items()
        if name != fact and other.type == type_.type and (other.unit in (None, type_.unit) or not type_.unit)
    ]
    ordered = type_.type in ("int", "money", "date", "timestamp")
    sign = rng.choice(("==", "!=", "<", "<=", ">", ">=") if ordered else ("==", "!="))
    if twins and rng.random() < 0.2:
        return f"{fact} {sign} {rng.choice(twins)}"
    if rng.random() < 0.25:
        return f"{fact} in [{', '.join(_literal(rng, type_) for _ in range(rng.randint(1, 4)))}]"
    if rng.random() < 0.15:
        return f"{_literal(rng, type_)} {sign} {fact}"
    return f"{fact} {sign} {_literal(rng, type_)}"


def _literal(rng: random.Random, type_: FactType) -> str:
    if type_.type in ("int", "money"):
        return rng.choice((str(rng.choice(NUMBERS)), str(rng.randint(-3, 5)), "value.few"))
    if type_.type == "choice":
        return rng.choice((f'"{rng.choice(CODES)}"', f"'{rng.choice(CODES)}'", "value.word"))
    if type_.type == "date":
        return f'date("{rng.choice(DATES)}")'
    if type_.type == "timestamp":
        return f'timestamp("{rng.choice(MOMENTS).isoformat()}")'
    return f'"{rng.choice(TEXTS)}"'


def facts(rng: random.Random, names: Names) -> dict[str, Value]:
    return {name: _value(rng, type_) for name, type_ in names.facts.items()}


def _value(rng: random.Random, type_: FactType) -> Value:
    if type_.may_be_absent and rng.random() < 0.3:
        return None
    drawn: dict[str, Value] = {
        "bool": rng.random() < 0.5,
        "int": rng.choice((rng.choice(NUMBERS), rng.randint(-3, 5))),
        "money": rng.choice(NUMBERS),
        "choice": rng.choice(CODES),
        "text": rng.choice(TEXTS + UNWRITABLE_TEXTS),
        "date": rng.choice(DATES),
        "timestamp": rng.choice(MOMENTS),
        "set": frozenset(rng.sample(CODES, rng.randint(0, 4))),
    }
    return drawn[type_.type]


# ── Rust CEL ───────────────────────────────────────────────────────────────────────────────────


def _as_moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def cel_context(made: Vocabulary, values: Mapping[str, Value]) -> cel.Context:
    """Return the facts for CEL: sets as lists, dates as their midnight, defined conditions decided by CEL."""
    spaces: dict[str, Any] = {"value": dict(made.names.values)}
    spaces |= {name: sorted(codes) for name, codes in made.names.sets.items()}
    for name, value in values.items():
        space, _, short = name.partition(".")
        spaces.setdefault(space, {})[short] = _as_cel(value)
    for name, (fact, codes) in made.names.attributes.items():
        space, _, short = name.partition(".")
        spaces.setdefault(space, {})[short] = values[fact] in codes
    for name in made.defined_texts:
        space, _, short = name.partition(".")
        spaces.setdefault(space, {})[short] = cel_answer(
            made,
            made.defined_texts[name],
            made.names.defined[name],
            values,
            cel.Context(spaces, {"date": _as_moment}),
        )
    return cel.Context(spaces, {"date": _as_moment})


def cel_answer(
    made: Vocabulary, text: str, read: Condition, values: Mapping[str, Value], context: cel.Context
) -> bool:
    """Return what CEL makes of the very text; or, where a fact is absent, of the text with its guards.

    CEL has no order for null and calls two nulls equal, so the portal's rule about absent facts
    (every comparison false, `!=` true) has to be written out for it.
    """
    absent = any(values[fact] is None for fact in read.facts)
    answer = cel.evaluate(guarded(read.root) if absent else text, context)
    assert isinstance(answer, bool), (text, answer)
    return answer


def _as_cel(value: Value) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value


def guarded(node: Node) -> str:
    """Return the condition as CEL text in which every check of a fact that may be absent is guarded."""
    if isinstance(node, Always):
        return str(node.truth).lower()
    if isinstance(node, Not):
        return f"!({guarded(node.item)})"
    if isinstance(node, Check):
        return _guarded_check(node)
    sign = " && " if isinstance(node, And) else " || "
    return f"({sign.join(guarded(item) for item in node.items)})"


def _guarded_check(check: Check) -> str:
    fact, codes = check.fact, ", ".join(_written(code) for code in check.codes)
    if check.operator == "is":
        return fact
    if check.operator == "given":
        return f"({fact} != null)"
    if check.operator == "!=":
        return (
            f"!{_guarded_check(Check(fact, '==', check.type, check.against, check.other, check.other_type))}"
        )
    if check.operator == "in":
        asked = f"{fact} in [{codes}]"
    elif check.operator == "has":
        asked = f"{_written(check.against)} in {fact}"
    elif check.operator in ("all in", "any in"):
        asked = f"{fact}.{'all' if check.operator == 'all in' else 'exists'}(r, r in [{codes}])"
    else:
        asked = f"{fact} {check.operator} {check.other or _written(check.against)}"
    guards = [f"{name} != null" for name in sorted(check.facts)]
    return f"({' && '.join((*guards, asked))})"


def _written(value: Value) -> str:
    if isinstance(value, datetime):
        return f'timestamp("{value.isoformat()}")'
    if isinstance(value, date):
        return f'date("{value.isoformat()}")'
    return f'"{value}"' if isinstance(value, str) else str(value)
