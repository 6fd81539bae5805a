"""How facts and checks are told to durable-rules: one field of plain type for everything that is asked."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from portal.rulebook.condition_types import Check
from portal.rulebook.decision import Value
from portal.rulebook.normal_form import Literal
from portal.rulebook.python_evaluator import check_holds
from portal.rulebook.typed_facts import is_safe_text, microseconds

Plain = bool | int | str
Asked = dict[str, object]  # one condition in durable-rules' own form

MARK = "_k"  # the field that every message carries and every rule asks for
SID = "sid"
_RESERVED = (MARK, SID, "id", "$s")
_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_SIGNS = {"==": "", "!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
OPPOSITE = {"==": "!=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_ABSENT: dict[str, Plain] = {"bool": False, "choice": "", "text": ""}  # beside a false `given` field


class EngineRefused(ValueError):
    """Rules that durable-rules could answer wrongly; found when they are compiled."""


def hashed(name: str) -> int:
    """Return the 32-bit FNV-1a hash by which durable-rules tells fields apart."""
    found = 0x811C9DC5
    for byte in name.encode():
        found = (found ^ byte) * 0x01000193 & 0xFFFFFFFF
    return found


class Fields:
    """The fields of one engine: grows while rules are compiled, then turns facts into messages."""

    def __init__(self) -> None:
        self._readers: dict[str, Callable[[Mapping[str, Value]], Plain]] = {}
        self._hashes = {hashed(name): name for name in _RESERVED}
        self._set_tests: dict[tuple[object, ...], str] = {}

    def values(self, facts: Mapping[str, Value]) -> dict[str, Plain]:
        """Return the value of every field; `facts` are whole and typed."""
        return {name: read(facts) for name, read in self._readers.items()}

    def asked(self, literal: Literal) -> list[list[Asked]]:
        """Return the alternatives, each of conditions that all hold, which the literal stands for.

        Raises EngineRefused where two fields would have one hash.
        """
        check, holds = literal.check, literal.holds
        if check.operator == "is":
            return [[{self._fact(check): holds}]]
        if check.operator == "given":
            return [[{self._given(check): holds}]]
        if check.operator in ("has", "all in", "any in"):
            return [[{self._set_test(check): holds}]]
        field, against = (
            (self._fact(check), _plain(check.against)) if check.other is None else (self._sign(check), 0)
        )
        if isinstance(against, str) and not is_safe_text(against):
            raise EngineRefused(
                f"a text compared with {check.fact} is too long or holds a character it may not"
            )
        sign = _SIGNS[check.operator if holds else OPPOSITE[check.operator]]
        compared: Asked = {sign: {field: against}} if sign else {field: against}
        if not _may_be_absent(check):
            return [[compared]]
        given = self._given(check)
        return [[{given: True}, compared]] if holds else [[{given: False}], [{given: True}, compared]]

    def _fact(self, check: Check) -> str:
        fact, absent = check.fact, _ABSENT.get(check.type.type, 0)

        def read(facts: Mapping[str, Value]) -> Plain:
            value = facts[fact]
            return absent if value is None else _plain(value)

        return self._field(_mangled(fact), read)

    def _given(self, check: Check) -> str:
        facts_read = sorted(check.facts)
        name = "~".join((*map(_mangled, facts_read), "given"))
        return self._field(name, lambda facts: all(facts[fact] is not None for fact in facts_read))

    def _sign(self, check: Check) -> str:
        """Two facts compared: below, equal or above, as -1, 0 or 1; the engine's own joins are unsafe."""
        first, second = check.fact, check.other or ""

        def read(facts: Mapping[str, Value]) -> Plain:
            one, two = facts[first], facts[second]
            if one is None or two is None:
                return 0
            if isinstance(one, bool | str | frozenset):
                return 0 if one == two else 1
            left, right = _plain(one), _plain(two)
            return (left > right) - (left < right)  # type: ignore[operator]  # both of the one ordered type

        return self._field(f"{_mangled(first)}~to~{_mangled(second)}", read)

    def _set_test(self, check: Check) -> str:
        asked = (check.fact, check.operator, check.against, check.codes)
        number = len(self._set_tests)
        if asked not in self._set_tests:
            name = f"{_mangled(check.fact)}~{check.operator.replace(' ', '_')}~{number}"
            self._set_tests[asked] = self._field(name, check_holds(check))
        return self._set_tests[asked]

    def _field(self, name: str, read: Callable[[Mapping[str, Value]], Plain]) -> str:
        if name not in self._readers:
            taken = self._hashes.setdefault(hashed(name), name)
            if taken != name:
                raise EngineRefused(
                    f"{name} and {taken} are one field to the engine; rename one of the facts"
                )
            self._readers[name] = read
        return name


def _may_be_absent(check: Check) -> bool:
    return check.type.may_be_absent or (check.other_type is not None and check.other_type.may_be_absent)


def _mangled(fact: str) -> str:
    """Return the fact's name without its dot; no two names become one, for no name holds a dash."""
    if not _NAME.fullmatch(fact):
        raise EngineRefused(f"{fact} is no name for a fact")
    return fact.replace(".", "-")


def _plain(value: Value) -> Plain:
    if isinstance(value, datetime):
        return microseconds(value)
    if isinstance(value, date):
        return value.toordinal()
    if value is None or isinstance(value, frozenset):
        raise EngineRefused("a set or nothing was compared like a value")
    return value
