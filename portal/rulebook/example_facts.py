"""Facts as examples write them, turned into facts as decisions read them."""

from collections.abc import Mapping
from datetime import date, datetime

from portal.rulebook import closed_names as closed
from portal.rulebook.decision import Facts, Value
from portal.rulebook.example_models import BaseCase, CasesFile, Example
from portal.rulebook.models import LifecycleFile, RolesFile
from portal.rulebook.problems import closest
from portal.rulebook.typed_facts import IllTyped, require
from portal.rulebook.vocabulary import Vocabulary
from portal.rulebook.wording import listed

_A = {
    "bool": "true or false", "int": "a whole number", "money": "a whole number of minor units",
    "choice": "a code", "text": "a text", "date": "a date such as 2026-12-31", "set": "a list of codes",
    "timestamp": "a moment such as 2026-12-31T12:00:00Z",
}  # fmt: skip


class WrongFact(ValueError):
    """A value that the fact cannot have; `suggestion` is the code that was perhaps meant."""

    def __init__(self, sentence: str, suggestion: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.suggestion = suggestion


def as_fact(vocabulary: Vocabulary, name: str, written: object) -> Value:
    """Return the value of the fact `name` for what a file says; raises WrongFact."""
    kind = vocabulary.types[name]
    value = _read(kind.type, written)
    codes = vocabulary.codes(name)
    for code in sorted(value) if isinstance(value, frozenset) else [value] if kind.type == "choice" else []:
        if kind.codes is not None and code is not None and code not in kind.codes:
            few = f"; it is {listed(codes, 'or')}" if len(codes) <= 12 else ""
            raise WrongFact(f"{name} is never {code}{few}", closest(str(code), codes))
    try:
        require({name: kind}, (name,), {name: value})
    except IllTyped:
        null = " or null" if kind.may_be_absent else ""
        raise WrongFact(f"{name} needs {_A[kind.type]}{null}, not {written!r}") from None
    fact = vocabulary.facts[name]
    if fact.range is not None and isinstance(value, int):
        least, most = sorted(fact.range)
        if not least <= value <= most:
            raise WrongFact(f"{name} is from {least} to {most}, never {value}")
    return value


def _read(kind: str, written: object) -> Value:
    try:
        if kind == "date" and isinstance(written, str):
            return date.fromisoformat(written)
        if kind == "timestamp" and isinstance(written, str):
            return datetime.fromisoformat(written)
    except ValueError:
        return written if isinstance(written, str) else None
    if kind == "set" and isinstance(written, list) and all(isinstance(code, str) for code in written):
        return frozenset(written)
    return written if isinstance(written, bool | int | str | None) else f"{written!r}"


def facts_of(
    example: Example,
    cases: CasesFile,
    vocabulary: Vocabulary,
    lifecycle: LifecycleFile,
    roles: RolesFile,
) -> Facts:
    """Return the facts of a checked example: its base case, what it changes, who acts, what the form brings.

    Where the case does not say, the claim is new, a clock never ran, and a fact that may be absent is
    absent. Where no person is named, the one acts whom the transition is for.
    """
    case: BaseCase = cases.cases[example.given]
    claim: dict[str, Value] = {
        name: closed.CLOCK_STATES[0] if not kind.may_be_absent else None
        for name, kind in vocabulary.types.items()
        if kind.scope == "claim" and (kind.may_be_absent or name.startswith("clock."))
    }
    claim[closed.STATUS] = closed.NEW
    claim |= _all(vocabulary, {**case.facts, **example.but})
    claim |= _actor(example, cases, lifecycle, roles)
    transition = lifecycle.transitions.get(example.question)
    if transition is not None and example.form:
        claim |= {f"input.{ask}": bool(example.form.get(ask, False)) for ask in transition.asks}
    products = tuple(_all(vocabulary, {**product, **example.product}) for product in case.products)
    documents = tuple(_all(vocabulary, document) for document in case.documents)
    return Facts(claim, products, documents)


def _all(vocabulary: Vocabulary, written: Mapping[str, object]) -> dict[str, Value]:
    return {name: as_fact(vocabulary, name, value) for name, value in written.items()}


def _actor(
    example: Example, cases: CasesFile, lifecycle: LifecycleFile, roles: RolesFile
) -> dict[str, Value]:
    transition = lifecycle.transitions.get(example.question)
    by = example.by or (transition.by if transition else closed.SYSTEM)
    if by in (closed.SYSTEM, closed.CUSTOMER):
        return {closed.KIND: by, closed.ROLES: frozenset()}
    if example.by is None:
        holding = frozenset(name for name, role in roles.roles.items() if by in role.may)
        return {closed.KIND: "person", closed.ROLES: holding}
    return {closed.KIND: "person", closed.ROLES: frozenset(cases.people[example.by])}
